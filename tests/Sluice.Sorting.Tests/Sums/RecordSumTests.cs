using System.Runtime.Intrinsics;

namespace Sluice.Sorting.Tests;

public class RecordSumTests
{
    [Fact]
    public void Hash_does_not_depend_on_how_the_record_is_cut_into_pieces()
    {
        Random random = new(1);
        foreach (int length in new[] { 0, 1, 7, 8, 15, 16, 17, 100, 127, 128, 129, 255, 256, 257, 1000, 40_000 })
        {
            byte[] record = new byte[length];
            random.NextBytes(record);
            int keyLength = random.Next(length + 1);
            Hash128 whole = RecordHash.Of(record, keyLength);

            Assert.Equal(whole, RecordHash.Of(record.AsSpan(0, keyLength), record.AsSpan(keyLength)));
            for (int trial = 0; trial < 20; trial++)
            {
                RecordHash pieces = default;
                for (int at = 0; at < length;)
                {
                    int count = random.Next(1, Math.Min(300, length - at) + 1);
                    pieces.Add(record.AsSpan(at, count));
                    at += count;
                }

                Assert.Equal(whole, pieces.Finish(keyLength, length));
            }
        }
    }

    [Fact]
    public void Hash_tells_every_single_bit_and_the_end_of_the_key()
    {
        byte[] record = new byte[150];
        new Random(2).NextBytes(record);
        HashSet<Hash128> hashes = [RecordHash.Of(record, 10)];

        for (int bit = 0; bit < record.Length * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(hashes.Add(RecordHash.Of(record, 10)), $"Bit {bit} changes nothing.");
            record[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int keyLength = 0; keyLength <= record.Length; keyLength++)
        {
            Assert.Equal(keyLength != 10, hashes.Add(RecordHash.Of(record, keyLength)));
        }
    }

    // Text of few different letters, in which whole lanes look alike.
    [Fact]
    public void Hash_tells_exchanged_bytes()
    {
        byte[] record = [.. Enumerable.Range(0, 150).Select(i => (byte)('0' + (i * i % 7)))];
        HashSet<Hash128> hashes = [RecordHash.Of(record, 10)];
        for (int left = 0; left < record.Length; left++)
        {
            for (int right = left + 1; right < record.Length; right++)
            {
                if (record[left] != record[right])
                {
                    (record[left], record[right]) = (record[right], record[left]);
                    Assert.True(
                        hashes.Add(RecordHash.Of(record, 10)),
                        $"Bytes {left} and {right} exchanged hash as others do.");
                    (record[left], record[right]) = (record[right], record[left]);
                }
            }
        }
    }

    [Fact]
    public void Zero_bytes_at_the_end_count()
    {
        HashSet<Hash128> hashes = [];
        for (int length = 0; length < 300; length++)
        {
            Assert.True(hashes.Add(RecordHash.Of(new byte[length], 0)), $"{length} zeros hash like fewer.");
        }
    }

    [Fact]
    public void Sums_do_not_depend_on_order_but_on_every_record()
    {
        List<TestRecord> records = TestRecords.Random(3, 200, 1, 50);
        RecordSum sum = SumOf(records);

        Assert.Equal(sum, SumOf(Enumerable.Reverse(records)));
        Assert.NotEqual(sum, SumOf(records.Skip(1)));
        Assert.NotEqual(sum, SumOf(records.Append(records[0])));
        Assert.NotEqual(sum, SumOf(records.Skip(1).Append(records[1])));
        Assert.Equal(sum, SumOf(records.Take(77)) + SumOf(records.Skip(77)));
    }

    [Fact]
    public void Hash_is_the_same_in_every_version()
    {
        byte[] record = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

        Assert.Equal("a90c8f3a84bb6ed2b64c81df9545d311", RecordHash.Of(record, 10).ToString());

        // Every length up to some stripes, read from an odd place.
        byte[] bytes = [.. Enumerable.Range(0, 400).Select(i => (byte)((i * 37) + 11))];
        RecordSum all = default;
        for (int length = 0; length <= 300; length++)
        {
            all.Add(bytes.AsSpan(3, length), length / 3);
        }

        Assert.Equal("51a3ca28f2b52c85e4ed28480321ecb8", all.Digits);

        // The one that docs/spill-format.md gives.
        Assert.Equal("4e3fcb9baa8b679a75ce6682930cc1e2", RecordHash.Of("hello"u8, 5).ToString());
    }

    [Fact]
    public void A_carry_less_product_is_the_same_with_and_without_an_instruction_for_it()
    {
        Random random = new(7);
        for (int trial = 0; trial < 1000; trial++)
        {
            ulong left = (ulong)random.NextInt64() << random.Next(64);
            ulong right = (ulong)random.NextInt64() >> random.Next(64);
            Vector128<ulong> product = CarrylessProduct.OfHalves(Vector128.Create(left, right));

            Assert.Equal(CarrylessProduct.BitByBit(left, right), product);
            Assert.Equal(product, CarrylessProduct.BitByBit(right, left));
        }

        // (x + 1)(x + 1) = x^2 + 1, and x^63 squared.
        Assert.Equal(Vector128.Create(5UL, 0), CarrylessProduct.BitByBit(3, 3));
        Assert.Equal(Vector128.Create(0, 1UL << 62), CarrylessProduct.BitByBit(1UL << 63, 1UL << 63));
    }

    private static RecordSum SumOf(IEnumerable<TestRecord> records)
    {
        RecordSum sum = default;
        foreach (TestRecord record in records)
        {
            sum.Add(record.Key, record.Value);
        }

        return sum;
    }
}
