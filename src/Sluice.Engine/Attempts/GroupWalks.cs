using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>
/// Serves all walks over the values of a group: from the merge the first time, from memory after that.
/// </summary>
/// <remarks>
/// <code>
/// positions   0 ........................ kept.Length ...... + dropped
///             values kept in memory      too many to keep, gone but for the last
///                                                          ^ the merge stands here
/// </code>
/// A walk that is as far as the merge makes it go on, and what comes is kept as long as there is room. From then on
/// only the walk in front goes on, and any other ends in an error. So a single walk needs no room at all.
/// Threading: the task's thread.
/// </remarks>
internal sealed class GroupWalks<T> : GroupSource<T>
    where T : allows ref struct
{
    private const int ValuesBetweenChecks = 1024;

    private readonly MergeGroup _group;
    private readonly Serializer<T> _serializer;
    private readonly GroupBuffer _kept;
    private readonly TaskContext _context;
    private int _untilCheck = ValuesBetweenChecks;

    /// <summary>The number of the group; negative while none has its turn.</summary>
    private long _number = -1;

    private long _groups;
    private long _read;

    /// <summary>Values that came when there was no room any more.</summary>
    private long _dropped;

    private long _droppedBytes;

    /// <summary>
    /// Why values could not be had; thrown again at the group's end, as a selector may have caught it.
    /// </summary>
    private ExceptionDispatchInfo? _failure;

    /// <param name="group">Stands at each group when its turn begins.</param>
    /// <param name="serializer">Reads the values.</param>
    /// <param name="kept">Keeps those of the present group. The caller's.</param>
    /// <param name="context">The task.</param>
    public GroupWalks(MergeGroup group, Serializer<T> serializer, GroupBuffer kept, TaskContext context)
    {
        _group = group;
        _serializer = serializer;
        _kept = kept;
        _context = context;
    }

    /// <summary>
    /// Why values could not be had; null while all could. A selector may have made another exception of it.
    /// </summary>
    public ExceptionDispatchInfo? Failure => _failure;

    /// <summary>Begins a group's turn.</summary>
    public GroupValues<T> Begin()
    {
        _number = _groups++;
        return new GroupValues<T>(this, _number);
    }

    /// <summary>Ends the turn and skips what was not walked; throws what stopped the merge.</summary>
    public void End()
    {
        _number = -1;
        while (NextOfMerge())
        {
            CheckNowAndThen();
        }

        _kept.Clear();
        (_dropped, _droppedBytes) = (0, 0);
    }

    public override bool MoveNext(long group, ref long following, out long current)
    {
        ThrowIfOver(group);
        CheckNowAndThen();
        current = following;
        if (following < _kept.Length)
        {
            _kept.Read(ref following);
            return true;
        }

        if (following != _kept.Length + _dropped)
        {
            throw TooLarge();
        }

        if (!NextOfMerge())
        {
            current = BeforeFirst;
            return false;
        }

        if (_dropped > 0 || !_kept.TryAppend(_group.Value))
        {
            _dropped++;
            _droppedBytes += _group.Value.Length + GroupBuffer.LengthSize;
            following++;
        }
        else
        {
            following = _kept.Length;
        }

        return true;
    }

    public override T Read(long group, long current)
    {
        ThrowIfOver(group);
        if (current == BeforeFirst)
        {
            throw new InvalidOperationException(
                "The walk over a group's values stands at none: before the first or behind the last.");
        }

        if (current < _kept.Length)
        {
            return Decode(_kept.Read(ref current));
        }

        return current == _kept.Length + _dropped - 1 ? Decode(_group.Value) : throw TooLarge();
    }

    private T Decode(ReadOnlySpan<byte> value)
    {
        try
        {
            return _serializer.Read(value);
        }
        catch (Exception exception)
        {
            throw Remembered(ItemCodecException.Reading(typeof(T), _read - 1, _context.Id.Task, exception));
        }
    }

    private bool NextOfMerge()
    {
        _failure?.Throw();
        try
        {
            if (!_group.MoveNext())
            {
                return false;
            }
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            throw;
        }

        _read++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckNowAndThen()
    {
        if (--_untilCheck == 0)
        {
            _untilCheck = ValuesBetweenChecks;
            _context.Cancellation.ThrowIfCancellationRequested();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ThrowIfOver(long group)
    {
        if (group != _number)
        {
            ThrowOver();
        }
    }

    private static void ThrowOver() => throw new InvalidOperationException(
        "The values of a group are used after its turn; walk them in the selector, and keep what is needed longer.");

    // A selector that goes on without the values would make of a group what its memory allows.
    private Exception TooLarge()
    {
        long walked = _kept.Length + _droppedBytes;
        return Remembered(new GroupTooLargeException(
            _group.Key.Length, walked, _kept.Room, TaskMemory.NeededForGroup(_context.Stage, walked)));
    }

    private Exception Remembered(Exception exception)
    {
        _failure ??= ExceptionDispatchInfo.Capture(exception);
        return exception;
    }
}
