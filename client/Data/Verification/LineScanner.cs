namespace Sluice.Client;

/// <summary>Goes through the lines that start in a range, with one buffer, however long they are.</summary>
/// <remarks>
/// While a line and the one before lie in the buffer, their keys are compared there. A line longer than the buffer is
/// summed as it passes and remembered by its place; keys of such lines are compared by reading both again. Owned by one
/// thread.
/// </remarks>
internal sealed class LineScanner : IDisposable
{
    private const byte Newline = (byte)'\n';

    private readonly VerifyRange _range;
    private readonly RecordKey _key;
    private readonly RangeReader _reader;
    private readonly RangeSummary _summary;
    private readonly byte[] _buffer;

    // The buffer holds the file's bytes up to the reader's offset; the current line starts at _line, unless its
    // beginning has passed.
    private int _filled;
    private int _line;

    // The line before: its place in the file, and whether the buffer still has it.
    private long _previousOffset = -1;
    private long _previousLength;

    private LineScanner(VerifyRange range, VerifyOptions options, RecordKey key, VerifyProgress progress)
    {
        _range = range;
        _key = key;
        _summary = new RangeSummary(range);
        _reader = new RangeReader(range, Math.Max(0, range.Start - 1), progress);
        _buffer = new byte[options.BufferBytes];
    }

    /// <summary>The file's offset of the buffer's first byte.</summary>
    private long Base => _reader.Offset - _filled;

    public static RangeSummary Scan(VerifyRange range, VerifyOptions options, RecordKey key, VerifyProgress progress)
    {
        using LineScanner scanner = new(range, options, key, progress);
        if (scanner.FindFirstLine())
        {
            while (scanner.TakeLine())
            {
            }
        }

        return scanner.Finish();
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>
    /// A line starts at the file's beginning and after every newline but the last; false when none starts in the range.
    /// </summary>
    private bool FindFirstLine()
    {
        if (_range.Start == 0)
        {
            return true;
        }

        while (_reader.Offset < _range.End - 1)
        {
            _filled = _reader.Read(_buffer);
            int newline = _buffer.AsSpan(0, _filled).IndexOf(Newline);
            if (newline >= 0)
            {
                _line = newline + 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Takes the line that starts at <see cref="_line"/>; false when it starts behind the range or the file.
    /// </summary>
    private bool TakeLine()
    {
        long offset = Base + _line;
        if (offset >= _range.End)
        {
            return false;
        }

        int searched = _line;
        while (true)
        {
            int newline = _buffer.AsSpan(searched, _filled - searched).IndexOf(Newline);
            if (newline >= 0)
            {
                int end = searched + newline;
                AddLineInBuffer(offset, end, Crc32.Compute(_buffer.AsSpan(_line, end + 1 - _line)));
                _line = end + 1;
                return true;
            }

            if (_reader.AtEnd)
            {
                uint crc = Crc32.Compute(_buffer.AsSpan(_line, _filled - _line));
                AddLineInBuffer(offset, _filled, Crc32.Append(crc, [Newline]));
                return false;
            }

            if (!MakeRoom())
            {
                return TakeLongLine(offset);
            }

            searched = _filled;
            _filled += _reader.Read(_buffer.AsSpan(_filled));
        }
    }

    /// <summary>
    /// Moves what is still needed to the buffer's beginning; false when the current line fills all of it.
    /// </summary>
    private bool MakeRoom()
    {
        long previous = _previousOffset - Base;
        bool keepsPrevious = _previousOffset >= 0 && previous >= 0 && _filled - previous <= _buffer.Length / 2;
        int keepFrom = keepsPrevious ? (int)previous : _line;
        if (keepFrom == 0 && _filled == _buffer.Length)
        {
            return false;
        }

        _buffer.AsSpan(keepFrom, _filled - keepFrom).CopyTo(_buffer);
        _filled -= keepFrom;
        _line -= keepFrom;
        return true;
    }

    /// <summary>Sums a line that fills the buffer and goes on, and drops its bytes as they pass.</summary>
    private bool TakeLongLine(long offset)
    {
        uint crc = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(0, _filled).IndexOf(Newline);
            int end = newline >= 0 ? newline + 1 : _filled;
            crc = Crc32.Append(crc, _buffer.AsSpan(0, end));
            if (newline >= 0)
            {
                _line = end;
                AddByPlace(offset, Base + newline - offset, crc);
                return true;
            }

            if (_reader.AtEnd)
            {
                AddByPlace(offset, _reader.Offset - offset, Crc32.Append(crc, [Newline]));
                return false;
            }

            _filled = _reader.Read(_buffer);
        }
    }

    private void AddLineInBuffer(long offset, int end, uint crc)
    {
        long previous = _previousOffset - Base;
        if (_previousOffset < 0 || previous < 0)
        {
            AddByPlace(offset, end - _line, crc);
            return;
        }

        ReadOnlySpan<byte> previousLine = _buffer.AsSpan((int)previous, (int)_previousLength);
        ReadOnlySpan<byte> line = _buffer.AsSpan(_line, end - _line);
        _summary.Note(_key.Of(previousLine).SequenceCompareTo(_key.Of(line)), offset);
        Remember(offset, line.Length, crc);
    }

    private void AddByPlace(long offset, long length, uint crc)
    {
        RecordPlace place = new(_range.File, offset, length);
        if (_previousOffset >= 0)
        {
            RecordPlace previous = new(_range.File, _previousOffset, _previousLength);
            _summary.Note(_key.Compare(previous, place), offset);
        }

        _summary.First ??= place;
        Remember(offset, length, crc);
    }

    private RangeSummary Finish()
    {
        if (_previousOffset >= 0)
        {
            _summary.Last = new RecordPlace(_range.File, _previousOffset, _previousLength);
        }

        return _summary;
    }

    private void Remember(long offset, long length, uint crc)
    {
        _previousOffset = offset;
        _previousLength = length;
        _summary.Add(crc);
    }
}
