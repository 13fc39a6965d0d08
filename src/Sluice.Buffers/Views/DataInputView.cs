using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Buffers;

/// <summary>Reads every value from the pieces that a subclass shows: it only peeks and skips.</summary>
/// <remarks>Nothing is skipped before all of a value is there, so a failed read cannot move the position.</remarks>
public abstract class DataInputView : IDataInputView
{
    public abstract bool CanSeek { get; }

    public abstract long Position { get; set; }

    public abstract long Length { get; }

    public abstract long Remaining { get; }

    public abstract bool Has(long length);

    public abstract ReadOnlySpan<byte> Peek();

    public abstract int Peek(Span<byte> target);

    public abstract void Skip(long length);

    public byte ReadByte() => ReadValue<byte>();

    public bool ReadBoolean() => ReadByte() != 0;

    public short ReadInt16() => ReadValue<short>();

    public ushort ReadUInt16() => ReadValue<ushort>();

    public char ReadChar() => ReadValue<char>();

    public int ReadInt32() => ReadValue<int>();

    public uint ReadUInt32() => ReadValue<uint>();

    public long ReadInt64() => ReadValue<long>();

    public ulong ReadUInt64() => ReadValue<ulong>();

    public float ReadSingle() => ReadValue<float>();

    public double ReadDouble() => ReadValue<double>();

    public uint ReadVarUInt32() => (uint)ReadVariable(32);

    public ulong ReadVarUInt64() => ReadVariable(64);

    public int ReadVarInt32() => VarInt.Unzigzag(ReadVarUInt32());

    public long ReadVarInt64() => VarInt.Unzigzag(ReadVarUInt64());

    public virtual int Read(Span<byte> target)
    {
        int count = Peek(target);
        Skip(count);
        return count;
    }

    public virtual void ReadExactly(Span<byte> target)
    {
        int count = Peek(target);
        if (count < target.Length)
        {
            ThrowEnd(target.Length, count);
        }

        Skip(count);
    }

    /// <summary>Says that fewer bytes are left than are to be read.</summary>
    [DoesNotReturn]
    protected void ThrowEnd(long length, long left) => throw new EndOfStreamException(
        $"{length} bytes are to be read at position {Position} of a view that has {left} left.");

    private unsafe T ReadValue<T>()
        where T : unmanaged
    {
        ReadOnlySpan<byte> piece = Peek();
        T value = default;
        if (piece.Length >= sizeof(T))
        {
            value = Unsafe.ReadUnaligned<T>(in piece[0]);
            Skip(sizeof(T));
        }
        else
        {
            ReadExactly(new Span<byte>(&value, sizeof(T)));
        }

        return ByteOrder.LittleEndian(value);
    }

    private ulong ReadVariable(int bits)
    {
        Skip(this.PeekVariable(bits, out ulong value));
        return value;
    }
}
