using System.Text;

namespace Sluice.Sorting.Tests;

public class BlockCompressorTests
{
    private const int Size = 8192;

    public static TheoryData<string> CodecNames => [.. BlockCodecs.All.Select(codec => codec.Name)];

    [Theory]
    [MemberData(nameof(CodecNames))]
    public void Every_length_comes_back_as_it_was(string name)
    {
        IBlockCodec codec = BlockCodecs.All.Single(codec => codec.Name == name);
        Assert.True(BlockCodecs.TryFind(codec.Id, out IBlockCodec? named));
        Assert.Same(codec, named);
        byte[] room = new byte[4 * Size];
        for (int length = 0; length <= Size; length += 1 + (length / 9))
        {
            byte[] raw = Text(length);
            Assert.True(codec.TryCompress(raw, room, out int stored));
            byte[] found = new byte[length];

            Assert.True(codec.TryDecompress(room.AsSpan(0, stored), found));
            Assert.Equal(raw, found);
            Assert.False(codec.TryDecompress(room.AsSpan(0, stored), new byte[length + 1]));
            Assert.False(length > 0 && codec.TryDecompress(room.AsSpan(0, stored), new byte[length - 1]));
        }
    }

    [Fact]
    public void Damage_is_seen_or_changes_the_bytes_but_never_throws()
    {
        byte[] raw = Text(Size);
        byte[] room = new byte[Size];
        Assert.True(BlockCodecs.Brotli.TryCompress(raw, room, out int length));
        Random random = new(1);
        int unseen = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = room[..length];
            damaged[random.Next(length)] ^= (byte)(1 << random.Next(8));
            byte[] found = new byte[Size];

            bool decoded = BlockCodecs.Brotli.TryDecompress(damaged, found);

            unseen += decoded && found.AsSpan().SequenceEqual(raw) ? 1 : 0;
        }

        // Bits that fill up the last byte stand for nothing; the block's checksum covers them too.
        Assert.InRange(unseen, 0, 10);
    }

    [Fact]
    public void An_unknown_codec_is_not_found() => Assert.False(BlockCodecs.TryFind(77, out _));

    [Fact]
    public void A_block_that_gets_smaller_is_stored_compressed_and_sealed()
    {
        using TestPool pool = new(1, Size);
        using BlockCompressor compressor = new(BlockCodecs.Brotli, pool.Task.Request(CancellationToken.None));
        byte[] raw = Text(Size - BlockFormat.HeaderSize);
        byte[] block = [.. new byte[BlockFormat.HeaderSize], .. raw];

        int length = compressor.Seal(block, 7);

        Assert.InRange(length, BlockFormat.HeaderSize + 1, Size / 2);
        Assert.True(BlockFormat.Verify(block.AsSpan(0, length), 7, out _));
        Assert.Equal((BlockCodecs.Brotli.Id, raw.Length), BlockFormat.PayloadOf(block));
        byte[] found = new byte[raw.Length];
        Assert.True(
            BlockCodecs.Brotli.TryDecompress(
                block.AsSpan(BlockFormat.HeaderSize, length - BlockFormat.HeaderSize), found));
        Assert.Equal(raw, found);
    }

    [Fact]
    public void Blocks_that_do_not_get_smaller_stay_as_they_are_and_are_tried_less_and_less()
    {
        CountingCodec codec = new();
        using TestPool pool = new(1, Size);
        using BlockCompressor compressor = new(codec, pool.Task.Request(CancellationToken.None));
        byte[] block = new byte[Size];
        new Random(1).NextBytes(block);
        byte[] payload = block[BlockFormat.HeaderSize..];
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(Size, compressor.Seal(block, 0));
        }

        Assert.Equal(payload, block[BlockFormat.HeaderSize..]);
        Assert.Equal(((byte)0, payload.Length), BlockFormat.PayloadOf(block));
        Assert.InRange(codec.Tries, 4, 40);

        // What pays again is found again, and then no block is left out any more.
        codec.Pays = true;
        int before = codec.Tries;
        for (int i = 0; i < 2000; i++)
        {
            compressor.Seal(block, 7);
        }

        Assert.InRange(codec.Tries - before, 2000 - 1024, 2000);
    }

    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Compressed_runs_merge_to_the_same_records(int seed)
    {
        using TestPool pool = new(80, 512);
        MemoryStore store = new();
        using MapOutputBuffer buffer = new(
            pool.Task,
            store,
            new MapOutputOptions
            {
                Partitions = 3,
                MaximumSegments = 20,
                SegmentSize = 512,
                Codec = BlockCodecs.Brotli,
            });
        List<TestRecord> records = TestRecords.Random(seed, 800, 3, 60);
        records.ForEach(record => buffer.Collect(record.Partition, record.Key, [.. record.Value, .. Text(80)]));
        MapOutput output = buffer.Finish();
        buffer.Dispose();
        Assert.True(store.Files.Sum(file => file.Bytes.Length) < output.Counters.Bytes, "Nothing was compressed.");
        List<string> found = [];
        for (int partition = 0; partition < 3; partition++)
        {
            using RunMerger merger = new(
                [.. output.Runs.Select(run => new RunBlockSource(run, partition, pool.Task, CancellationToken.None))],
                3,
                pool.Task,
                store,
                null,
                CancellationToken.None,
                BlockCodecs.Brotli);
            while (merger.MoveNext())
            {
                byte[] key = merger.Record[..merger.KeyLength].ToArray();
                byte[] value = merger.Record[merger.KeyLength..^80].ToArray();
                found.Add(new TestRecord(partition, key, value).Text);
            }

            Assert.Equal(output.Sums[partition], merger.SourceSums().Aggregate(default(RecordSum), (a, b) => a + b));
        }

        Assert.Equal(TestRecords.Sorted(records).Select(record => record.Text), found);
        Array.ForEach([.. output.Runs], run => run.Dispose());
    }

    private static byte[] Text(int length) =>
        Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Range(0, (length / 4) + 1).Select(i => $"{i % 97:D3} "))[..length]);

    private sealed class CountingCodec : IBlockCodec
    {
        public int Tries { get; private set; }

        public bool Pays { get; set; }

        public byte Id => 9;

        public string Name => "counting";

        public bool TryCompress(ReadOnlySpan<byte> raw, Span<byte> room, out int length)
        {
            Tries++;
            length = 10;
            return Pays;
        }

        public bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw) => throw new NotSupportedException();
    }
}
