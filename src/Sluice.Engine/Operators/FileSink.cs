using System.Runtime.CompilerServices;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>Writes byte records to a part: as they are, or each with a line feed behind it.</summary>
internal sealed class BytesSink : Operator<ReadOnlySpan<byte>>
{
    private readonly PartFile _part;
    private readonly FixedFormat? _format;
    private RecordSum _sum;

    /// <param name="part">Where they go.</param>
    /// <param name="format">Of records without ends; null for lines.</param>
    public BytesSink(PartFile part, FixedFormat? format)
    {
        _part = part;
        _format = format;
    }

    /// <summary>Sum over the records written, without their line feeds.</summary>
    public RecordSum Sum => _sum;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(ReadOnlySpan<byte> item)
    {
        if (_format is null)
        {
            _sum.Add(item, item.Length);
            _part.Write(item, (byte)'\n');
            return;
        }

        if (item.Length != _format.RecordLength)
        {
            throw ItemCodecException.OfLength(item.Length, _format.Name, _format.RecordLength, _sum.Count);
        }

        _sum.Add(item, item.Length);
        _part.Write(item);
    }

    public override void Complete()
    {
    }
}

/// <summary>Formats items as lines of a part.</summary>
internal sealed class LineSink<T> : Operator<T>
    where T : allows ref struct
{
    private readonly RecordFormatter<T> _formatter;
    private readonly BytesSink _lines;
    private readonly RecordScratch _scratch = new();

    public LineSink(RecordFormatter<T> formatter, BytesSink lines)
    {
        _formatter = formatter;
        _lines = lines;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(T item)
    {
        RecordWriter line = new(_scratch);
        _formatter(item, ref line);
        _lines.Emit(line.Written);
    }

    public override void Complete() => _lines.Complete();
}
