namespace Sluice.Sorting.Tests;

/// <summary>A disk that has no room for some writes, and then has.</summary>
/// <param name="inner">Keeps the files.</param>
/// <param name="before">Writes that still have room.</param>
/// <param name="refused">Writes that are refused then.</param>
internal sealed class DiskFullStore(ISpillStore inner, int before, int refused) : ISpillStore
{
    private readonly int _before = before;
    private readonly int _refused = refused;
    private int _writes;

    /// <summary>Writes refused so far.</summary>
    public int Refused => Math.Clamp(Volatile.Read(ref _writes) - _before, 0, _refused);

    public IStoredFile Create(string hint) => new FullFile(this, inner.Create(hint));

    private sealed class FullFile(DiskFullStore store, IStoredFile file) : FaultyFile(file)
    {
        private const int NoSpace = 28;

        public override void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            int write = Interlocked.Increment(ref store._writes);
            if (write > store._before && write - store._before <= store._refused)
            {
                // What fits is written, as a disk does that fills up on the way.
                base.Write(bytes[..(bytes.Length / 2)], offset);
                throw new IOException($"No space left on device : '{Path}'", NoSpace);
            }

            base.Write(bytes, offset);
        }
    }
}

/// <summary>A disk that loses the end of a file's every write and says nothing.</summary>
internal sealed class ShortWriteStore(ISpillStore inner, string hint, int count) : FaultyStore(inner, hint, count)
{
    protected override IStoredFile Faulty(IStoredFile file) => new ShortFile(file);

    private sealed class ShortFile(IStoredFile file) : FaultyFile(file)
    {
        public override void Write(ReadOnlySpan<byte> bytes, long offset) =>
            base.Write(bytes[..(bytes.Length / 2)], offset);
    }
}

/// <summary>Where a bit flips.</summary>
internal enum FlippedPlace
{
    /// <summary>A payload byte of the file's first block.</summary>
    Payload,

    /// <summary>The checksum that the first block's header carries.</summary>
    Checksum,

    /// <summary>The low byte of the first block's stored length.</summary>
    Length,

    /// <summary>The high byte of it: more than there is.</summary>
    HugeLength,

    /// <summary>The index's last byte.</summary>
    Index,
}

/// <summary>A disk on which one bit of a file flips after it was written.</summary>
internal sealed class FlippedBitStore(ISpillStore inner, string hint, int count, FlippedPlace place)
    : FaultyStore(inner, hint, count)
{
    protected override IStoredFile Faulty(IStoredFile file) => new FlippedFile(file, place);

    private sealed class FlippedFile(IStoredFile file, FlippedPlace place) : FaultyFile(file)
    {
        private const int Trailer = 40;

        public override int Read(Span<byte> bytes, long offset)
        {
            int read = base.Read(bytes, offset);
            long flipped = place switch
            {
                FlippedPlace.Payload => 20,
                FlippedPlace.Checksum => 1,
                FlippedPlace.Length => 8,
                FlippedPlace.HugeLength => 11,
                _ => Length - Trailer - 1,
            };
            if (flipped >= offset && flipped < offset + read)
            {
                bytes[(int)(flipped - offset)] ^= 8;
            }

            return read;
        }
    }
}

/// <summary>A disk that takes a moment for every read and write.</summary>
internal sealed class SlowStore(ISpillStore inner, string hint, int count) : FaultyStore(inner, hint, count)
{
    protected override IStoredFile Faulty(IStoredFile file) => new SlowFile(file);

    private sealed class SlowFile(IStoredFile file) : FaultyFile(file)
    {
        public override void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            Thread.Sleep(1);
            base.Write(bytes, offset);
        }

        public override int Read(Span<byte> bytes, long offset)
        {
            Thread.Sleep(1);
            return base.Read(bytes, offset);
        }
    }
}

/// <summary>A disk that loses a file once it was written.</summary>
internal sealed class VanishingStore(ISpillStore inner, string hint, int count) : FaultyStore(inner, hint, count)
{
    protected override IStoredFile Faulty(IStoredFile file) => new VanishedFile(file);

    private sealed class VanishedFile(IStoredFile file) : FaultyFile(file)
    {
        public override int Read(Span<byte> bytes, long offset) =>
            throw new FileNotFoundException($"Could not find file '{Path}'.", Path);
    }
}

/// <summary>A disk that loses the second half of a file.</summary>
internal sealed class TruncatedStore(ISpillStore inner, string hint, int count) : FaultyStore(inner, hint, count)
{
    protected override IStoredFile Faulty(IStoredFile file) => new TruncatedFile(file);

    private sealed class TruncatedFile(IStoredFile file) : FaultyFile(file)
    {
        public override int Read(Span<byte> bytes, long offset) =>
            base.Read(bytes[..(int)Math.Clamp((Length / 2) - offset, 0, bytes.Length)], offset);
    }
}
