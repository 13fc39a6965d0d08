namespace Sluice.Sorting.Tests;

public class CombinerOutputTests
{
    [Fact]
    public void A_value_that_lies_in_pieces_is_passed_on_as_it_lies()
    {
        OneRecord group = new([1], [2, 3]);
        SeenOutput seen = new();

        new CombinerOutput(new FirstRecordCombiner(), group, seen).Combine();

        Assert.Equal(["view of 2"], seen.Appended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_record_under_another_key_is_refused_whichever_way_it_comes(bool asView)
    {
        SeenOutput seen = new();
        CombinerOutput output = new(new OtherKeyCombiner(asView), new OneRecord([1], [2, 3]), seen);

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(output.Combine);

        Assert.Contains("expected 01 (1 bytes), found 0909 (2 bytes)", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(seen.Appended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_record_that_could_not_be_taken_is_not_left_out_whatever_the_combiner_makes_of_that(bool wraps)
    {
        CombinerOutput output = new(new CarelessCombiner(wraps), new OneRecord([1], [2, 3]), new FullOutput());

        Assert.Throws<IOException>(output.Combine);
    }

    private sealed class CarelessCombiner(bool wraps) : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            try
            {
                output.Append(group.Key, group.Value);
            }
            catch (IOException exception)
            {
                if (wraps)
                {
                    throw new InvalidOperationException("another", exception);
                }
            }
        }
    }

    private sealed class FullOutput : IRecordOutput
    {
        public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => throw new IOException("full");
    }

    private sealed class OtherKeyCombiner(bool asView) : Combiner
    {
        public override void Combine(RecordGroup group, IRecordOutput output)
        {
            if (asView)
            {
                output.Append([9, 9], group.ValueView);
            }
            else
            {
                output.Append([9, 9], group.Value);
            }
        }
    }

    private sealed class OneRecord(byte[] key, byte[] value) : RecordGroup
    {
        private bool _given;

        public override ReadOnlySpan<byte> Key => key;

        public override ReadOnlySpan<byte> Value => value;

        public override bool MoveNext() => !_given && (_given = true);
    }

    /// <summary>Remembers how each value came.</summary>
    private sealed class SeenOutput : IRecordOutput
    {
        public List<string> Appended { get; } = [];

        public void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Appended.Add($"span of {value.Length}");

        public void Append(ReadOnlySpan<byte> key, RecordView value) => Appended.Add($"view of {value.Length}");
    }
}
