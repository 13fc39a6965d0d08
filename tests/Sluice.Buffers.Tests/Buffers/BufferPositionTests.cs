namespace Sluice.Buffers.Tests;

/// <summary>0 &lt;= read position &lt;= length &lt;= size, whatever is asked for.</summary>
public sealed class BufferPositionTests : IDisposable
{
    private readonly WholePool _whole = new(1, segmentSize: 8);
    private readonly LocalBufferPool _pool;
    private readonly NetworkBuffer _buffer;

    public BufferPositionTests()
    {
        _pool = _whole.Share("map 7", 1, 1);
        _buffer = _pool.Request(CancellationToken.None);
    }

    public void Dispose()
    {
        _buffer.Release();
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void What_is_appended_can_be_read_and_read_again()
    {
        "abcde"u8.CopyTo(_buffer.Room);
        _buffer.Append(5);
        _buffer.SetReadPosition(2);

        Assert.Equal("cde"u8, _buffer.Readable);
        Assert.Equal("abcde"u8, _buffer.Written);
        Assert.Equal(3, _buffer.Room.Length);
        _buffer.SetReadPosition(0);
        Assert.Equal("abcde"u8, _buffer.Readable);
        _buffer.SetReadPosition(5);
        Assert.True(_buffer.Readable.IsEmpty);
        _buffer.Clear();
        Assert.Equal((0, 0, 8), (_buffer.ReadPosition, _buffer.Length, _buffer.Room.Length));
    }

    [Fact]
    public void All_small_positions_are_taken_or_refused_as_the_rule_says()
    {
        for (int length = 0; length <= 8; length++)
        {
            for (int read = 0; read <= length; read++)
            {
                for (int wanted = -2; wanted <= 10; wanted++)
                {
                    AssertRule(length, read, wanted >= read && wanted <= 8, () => _buffer.SetLength(wanted));
                    AssertRule(length, read, wanted >= 0 && wanted <= length, () => _buffer.SetReadPosition(wanted));
                    AssertRule(length, read, wanted >= 0 && wanted <= 8 - length, () => _buffer.Append(wanted));
                }
            }
        }

        AssertRule(3, 1, false, () => _buffer.Append(int.MaxValue));
        AssertRule(3, 1, false, () => _buffer.SetLength(int.MinValue));
    }

    [Fact]
    public void Positions_and_type_belong_to_the_buffer_and_begin_anew_with_the_next_life()
    {
        NetworkBuffer other = _buffer.Retain();
        _buffer.SetLength(6);
        _buffer.SetReadPosition(4);
        _buffer.SetDataType(BufferDataType.EndOfPartition);
        Assert.Equal((6, 4, BufferDataType.EndOfPartition), (other.Length, other.ReadPosition, other.DataType));
        other.Release();

        using var whole = new WholePool(1);
        using LocalBufferPool pool = whole.Share("map 8", 1, 1);
        NetworkBuffer used = pool.Request(CancellationToken.None);
        used.SetLength(6);
        used.SetReadPosition(4);
        used.Release();
        NetworkBuffer fresh = pool.Request(CancellationToken.None);

        Assert.Equal((0, 0, BufferDataType.Data), (fresh.Length, fresh.ReadPosition, fresh.DataType));
        fresh.Release();
    }

    private void AssertRule(int length, int read, bool isAllowed, Action change)
    {
        _buffer.Clear();
        _buffer.SetLength(length);
        _buffer.SetReadPosition(read);
        if (isAllowed)
        {
            change();
            Assert.InRange(_buffer.ReadPosition, 0, _buffer.Length);
            Assert.InRange(_buffer.Length, _buffer.ReadPosition, _buffer.Size);
        }
        else
        {
            Assert.Throws<ArgumentOutOfRangeException>(change);
            Assert.Equal((length, read), (_buffer.Length, _buffer.ReadPosition));
        }
    }
}
