using System.Runtime.CompilerServices;
using Sluice.Sorting;

namespace Sluice.Jobs;

/// <summary>Counts the words of files: `sluice wordcount`.</summary>
/// <remarks>Arguments: `input` (many), `out`, `top`, `ignore-case`.</remarks>
[JobName("wordcount")]
public sealed class WordCountJob : IJob
{
    public void Define(JobBuilder job)
    {
        WordSplitter splitter = new(job.Arguments.IsOn("ignore-case"));
        Dataset<Group<ReadOnlySpan<byte>, long>> counts = job
            .Read(RecordFormat.Lines, job.Arguments.GetAll("input"))
            .SelectMany<ReadOnlySpan<byte>>(splitter.Split)
            .GroupBy(word => word)
            .Count();
        if (job.Arguments.FindInt32("top") is int top)
        {
            counts = counts.Top(
                top >= 0 ? top : throw new SluiceException(SluiceErrors.BadArgument("top", $"{top} is negative")),
                new MostFrequentFirst(),
                new GroupSerializer<ReadOnlySpan<byte>, long>(KeyOrders.Natural<ReadOnlySpan<byte>>()));
        }

        counts.Write(job.Arguments.Get("out"), WriteLine);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteLine(Group<ReadOnlySpan<byte>, long> count, ref RecordWriter line)
    {
        line.Write(count.Key);
        line.WriteByte((byte)'\t');
        line.WriteDecimal(count.Value);
    }

    /// <summary>The largest count first, ties by word.</summary>
    private sealed class MostFrequentFirst : KeyOrder<Group<ReadOnlySpan<byte>, long>>
    {
        private static readonly KeyOrder<long> Descending = KeyOrders.Descending(KeyOrders.Natural<long>());

        public override void Encode(Group<ReadOnlySpan<byte>, long> key, ref RecordWriter writer)
        {
            Descending.Encode(key.Value, ref writer);
            writer.Write(key.Key);
        }

        public override Group<ReadOnlySpan<byte>, long> Decode(ReadOnlySpan<byte> encoded) =>
            new(encoded[sizeof(long)..], Descending.Decode(encoded[..sizeof(long)]));
    }
}
