using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Sluice.Jobs;

namespace Sluice.Engine;

/// <summary>One step of a task: takes items one by one and pushes what becomes of them to the next step.</summary>
/// <remarks>Threading: the task's thread.</remarks>
internal abstract class Operator<T> : Emitter<T>
    where T : allows ref struct
{
    /// <summary>No more items will come: push on what was held back.</summary>
    public abstract void Complete();
}

internal sealed class SelectOperator<TIn, TOut> : Operator<TIn>
    where TIn : allows ref struct
    where TOut : allows ref struct
{
    private readonly Func<TIn, TOut> _selector;
    private readonly Operator<TOut> _next;

    public SelectOperator(Func<TIn, TOut> selector, Operator<TOut> next)
    {
        _selector = selector;
        _next = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(TIn item) => _next.Emit(_selector(item));

    public override void Complete() => _next.Complete();
}

internal sealed class WhereOperator<T> : Operator<T>
    where T : allows ref struct
{
    private readonly Func<T, bool> _predicate;
    private readonly Operator<T> _next;

    public WhereOperator(Func<T, bool> predicate, Operator<T> next)
    {
        _predicate = predicate;
        _next = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(T item)
    {
        if (_predicate(item))
        {
            _next.Emit(item);
        }
    }

    public override void Complete() => _next.Complete();
}

internal sealed class SelectManyOperator<TIn, TOut> : Operator<TIn>
    where TIn : allows ref struct
    where TOut : allows ref struct
{
    private readonly Action<TIn, Emitter<TOut>> _selector;
    private readonly Operator<TOut> _next;
    private readonly GuardedEmitter<TOut> _guarded;

    public SelectManyOperator(
        Action<TIn, Emitter<TOut>> selector, Operator<TOut> next, CancellationToken cancellation)
    {
        _selector = selector;
        _next = next;
        _guarded = new GuardedEmitter<TOut>(next, cancellation);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(TIn item)
    {
        _guarded.Begin();
        try
        {
            _selector(item, _guarded);
        }
        catch when (_guarded.Failure is not null)
        {
            // Thrown below as it was, whatever the selector made of it.
        }

        _guarded.End();
    }

    public override void Complete() => _next.Complete();
}

/// <summary>Passes items on while a selector has its turn, and remembers why one could not be.</summary>
/// <remarks>
/// For selectors that emit: one that goes on after an exception, as those do that leave out what they cannot read, must
/// not leave out what a later step could not take. And one that keeps it, or hands it to other threads, must not write
/// where others do: what it emits then is an error. Threading: the thread that begins a turn, else an error.
/// </remarks>
internal sealed class GuardedEmitter<T> : Emitter<T>
    where T : allows ref struct
{
    private const int ItemsBetweenChecks = 1024;

    private readonly Operator<T> _next;
    private readonly CancellationToken _cancellation;
    private int _untilCheck = ItemsBetweenChecks;

    // Zero between turns, which is no thread's number.
    private int _thread;

    /// <param name="next">Takes the items.</param>
    /// <param name="cancellation">Asked now and then: a selector may emit for ever.</param>
    public GuardedEmitter(Operator<T> next, CancellationToken cancellation)
    {
        _next = next;
        _cancellation = cancellation;
    }

    /// <summary>Why the first item was not taken that was not; null when all were.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Begins a turn on this thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>Ends the turn; throws why an item was not taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End()
    {
        _thread = 0;
        Failure?.Throw();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Emit(T item)
    {
        if (_thread != Environment.CurrentManagedThreadId)
        {
            ThrowNotItsTurn();
        }

        try
        {
            if (--_untilCheck == 0)
            {
                _untilCheck = ItemsBetweenChecks;
                _cancellation.ThrowIfCancellationRequested();
            }

            _next.Emit(item);
        }
        catch (Exception exception)
        {
            Failure ??= ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    // Told at the end of the turn too: another thread's exceptions may reach nobody.
    private void ThrowNotItsTurn()
    {
        InvalidOperationException thrown = new(
            "An emitter is used when its selector has returned, or by another thread; emit in the call, one after " +
            "the other.");
        Failure ??= ExceptionDispatchInfo.Capture(thrown);
        throw thrown;
    }
}
