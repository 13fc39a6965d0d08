using System.Text;
using Sluice.Buffers;
using Sluice.Jobs;

namespace Sluice.Engine.Tests;

public sealed class SplitReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 1)]
    [InlineData("\n", 1)]
    [InlineData("\n\n\n", 2)]
    [InlineData("one line without an end", 1)]
    [InlineData("a\nbb\n\nccc\n", 2)]
    [InlineData("a\nbb\n\nccc", 1)]
    [InlineData("this line is longer than two of the segments that it is read through, by far\nb\n\nc", 1)]
    [InlineData("this line is longer than two of the segments that it is read through, by far\nb\n\nc", 2)]
    [InlineData("a line that ends with a segment\na line that ends with a segment\n\nand one behind it\n", 5)]
    public void Lines_are_read_once_wherever_the_file_is_cut(string text, int segments)
    {
        InputFile file = new(_folder.Write("in", text), text.Length);
        string[] expected = text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
        for (int first = 0; first <= text.Length; first++)
        {
            for (int second = first; second <= text.Length; second++)
            {
                List<string> read = [];
                foreach (InputSplit split in
                    (InputSplit[])[new(0, 0, first), new(0, first, second), new(0, second, text.Length)])
                {
                    Read(new LineReader(file, split, Segments(32, segments), 1000), read);
                }

                Assert.Equal(expected, read);
            }
        }
    }

    [Theory]
    [InlineData(7, 32)]
    [InlineData(32, 32)]
    [InlineData(50, 32)]
    public void Records_of_one_length_are_read_once_wherever_the_file_is_cut(int recordLength, int segmentSize)
    {
        string text = string.Concat(Enumerable.Range(0, 6).Select(i => $"{i}".PadRight(recordLength, (char)('a' + i))));
        InputFile file = new(_folder.Write("in", text), text.Length);
        for (int cut = 0; cut <= text.Length; cut++)
        {
            List<string> read = [];
            Read(new FixedLengthReader(
                file, new InputSplit(0, 0, cut), Segments(segmentSize, 3), 1000, recordLength), read);
            Read(new FixedLengthReader(
                file, new InputSplit(0, cut, text.Length), Segments(segmentSize, 3), 1000, recordLength), read);

            Assert.Equal(text.Chunk(recordLength).Select(record => new string(record)), read);
        }
    }

    [Theory]
    [InlineData(8192, 0)]
    [InlineData(8192, 4096)]
    [InlineData(8192, 4097)]
    [InlineData(8192, 10_000)]
    [InlineData(2048, 4097)]
    public void Whatever_byte_a_split_starts_with_what_it_reads_next_starts_with_a_page(int segmentSize, int start)
    {
        string text = string.Concat(Enumerable.Repeat("a line of nineteen\n", 3000));
        InputFile file = new(_folder.Write("in", text), text.Length);
        List<long> pieces = [];

        using (LineReader reader = new(file, new InputSplit(0, start, text.Length), Segments(segmentSize, 3), 1000))
        {
            reader.Run(new Collected([]), pieces.Add, CancellationToken.None);
        }

        long position = Math.Max(0, start - 1);
        Assert.True(pieces.Count > 4);
        foreach (long piece in pieces[..^1])
        {
            position += piece;
            Assert.InRange(piece, 1, segmentSize);
            Assert.Equal(0, position % Math.Min(segmentSize, 4096));
        }

        Assert.Equal(text.Length, position + pieces[^1]);
    }

    [Fact]
    public void A_file_that_shrank_is_told_with_both_lengths()
    {
        InputFile file = new(_folder.Write("in", "a\nb\n"), 400);

        InputChangedException thrown = Assert.Throws<InputChangedException>(
            () => Read(new LineReader(file, new InputSplit(0, 0, 400), Segments(32, 1), 1000), []));

        Assert.Contains("400", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(40, 2)]
    public void Splits_cover_every_byte_once_in_order(int files, int parallelism)
    {
        Random random = new(files);
        InputFile[] inputs =
            [.. Enumerable.Range(0, files).Select(i => new InputFile($"{i}", random.NextInt64(60L << 20)))];

        IReadOnlyList<InputSplit[]> tasks = SplitPlan.Cut(inputs, RecordFormat.Lines, parallelism);

        List<InputSplit> all = [.. tasks.SelectMany(task => task)];
        for (int file = 0; file < files; file++)
        {
            long next = 0;
            foreach (InputSplit split in all.Where(split => split.File == file))
            {
                Assert.Equal(next, split.Start);
                next = split.End;
            }

            Assert.Equal(inputs[file].Length, next);
        }

        Assert.Equal(all.Select(split => split.File).Order(), all.Select(split => split.File));
        Assert.All(tasks, task => Assert.True(task.Sum(split => split.Length) <= 170L << 20));
    }

    [Theory]
    [InlineData(new[] { 0L })]
    [InlineData(new[] { 0L, 5, 0 })]
    [InlineData(new[] { 8L << 20, 0 })]
    public void An_empty_file_has_a_split_and_no_task_of_its_own(long[] lengths)
    {
        InputFile[] inputs = [.. lengths.Select((length, i) => new InputFile($"{i}", length))];

        InputSplit[] all = Assert.Single(SplitPlan.Cut(inputs, RecordFormat.Lines, 2));

        Assert.Equal(lengths.Select((length, i) => new InputSplit(i, 0, length)), all);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_was_empty_and_is_not_any_more_is_told(bool lines)
    {
        InputFile file = new(_folder.Write("in", ""), 0);
        InputSplit split = new(0, 0, 0);
        File.WriteAllText(file.Path, new string('x', 100));

        Assert.Throws<InputChangedException>(() => Read(
            lines
                ? new LineReader(file, split, Segments(32, 1), 1000)
                : new FixedLengthReader(file, split, Segments(32, 1), 1000, 100),
            []));
    }

    [Theory]
    [InlineData(200, 2, new[] { 50, 50, 25, 25, 13, 13, 8, 8, 9 })]
    [InlineData(1, 8, new[] { 1 })]
    [InlineData(600, 1, new[] { 128, 128, 128, 108, 54, 27, 14, 8, 6 })]
    public void Waves_of_tasks_take_half_of_what_is_left(int mebibytes, int parallelism, int[] expected)
    {
        InputFile[] inputs = [new("big", (long)mebibytes << 20)];

        IReadOnlyList<InputSplit[]> tasks = SplitPlan.Cut(inputs, RecordFormat.Lines, parallelism);

        Assert.Equal(
            expected, tasks.Select(task => (int)Math.Ceiling(task.Sum(split => split.Length) / 1048576.0)));
    }

    private static NetworkBuffer[] Segments(int size, int count)
    {
        NetworkBufferPool pool = new(new NetworkBufferPoolOptions { SegmentCount = count, SegmentSize = size });
        LocalBufferPool own = pool.CreateBufferPool(
            new BufferPoolOptions { Owner = "test", Minimum = count, Maximum = count });
        return own.RequestAll(count, CancellationToken.None);
    }

    private static void Read(SplitReader reader, List<string> into)
    {
        using (reader)
        {
            reader.Run(new Collected(into), _ => { }, CancellationToken.None);
        }
    }

    private sealed class Collected(List<string> into) : Emitter<ReadOnlySpan<byte>>
    {
        public override void Emit(ReadOnlySpan<byte> item) => into.Add(Encoding.UTF8.GetString(item));
    }
}
