using System.Diagnostics;

namespace Sluice.Buffers;

/// <summary>
/// Sees every step in the lives of a pool's buffers. One hook per pool, null when off; <see cref="Combine"/> makes one
/// of several.
/// </summary>
/// <remarks>
/// Called outside every lock, on the thread that took the step, so calls of several threads come at once and the steps
/// of two holders may be seen in either order, a release even after the recycle it led to. The
/// <see cref="BufferStepKind.Recycled"/> step comes before the segment can be requested again.
/// A hook must not throw and must not request or release buffers of the pool it watches.
/// A life that is not watched costs each of its holders one null check.
/// </remarks>
public interface IBufferLifecycle
{
    /// <summary>Whether it wants to see the life that begins now. Asked once a life: here a hook samples.</summary>
    /// <param name="life">The life.</param>
    /// <param name="owner">The owner label of the pool it is requested from.</param>
    bool Watches(BufferLife life, string owner) => true;

    /// <summary>A step in a life that it watches.</summary>
    void OnStep(in BufferStep taken);

    /// <summary>A local pool was destroyed.</summary>
    /// <param name="owner">Its owner label.</param>
    /// <param name="outstanding">How many of its buffers are still out.</param>
    void OnPoolDestroyed(string owner, int outstanding);

    /// <summary>What it remembers of a life, for the message about a handle of it that was misused.</summary>
    /// <returns>Null when it remembers nothing.</returns>
    BufferHistory? HistoryOf(BufferLife life) => null;

    /// <summary>The span that it makes of a life, to be sent along with the life's bytes.</summary>
    /// <returns>The default when it makes none.</returns>
    ActivityContext TraceOf(BufferLife life) => default;

    /// <summary>
    /// Whether it wants to see the rest of this life: bytes of one that is traced in another process come into it, or
    /// its holder asks.
    /// </summary>
    /// <remarks>Asked before the step itself is told, also when it watches the life already.</remarks>
    /// <param name="requested">How the life began.</param>
    /// <param name="age">How long ago that was.</param>
    /// <param name="sender">The span of the life that the bytes come from; the default when its holder asks.</param>
    bool Follows(in BufferStep requested, TimeSpan age, ActivityContext sender) => false;

    /// <summary>
    /// Makes one hook of several, each of which samples for itself and sees only the lives it watches.
    /// </summary>
    /// <remarks>
    /// Of what several remember of one life, messages show what the first of them does. A life that no hook watches
    /// costs no more than with one hook, and nothing is kept for each life.
    /// </remarks>
    /// <param name="hooks">
    /// In the order in which they are called; those that are null, or named before, are left out.
    /// </param>
    /// <returns>Null when none is left, which costs nothing; a single one itself.</returns>
    /// <exception cref="ArgumentException">More than eight are left.</exception>
    static IBufferLifecycle? Combine(params ReadOnlySpan<IBufferLifecycle?> hooks) => CombinedLifecycle.Of(hooks);

    /// <summary>Who is told of the life that begins now: the hook, a part of it, or nobody.</summary>
    internal IBufferLifecycle? WatcherOf(BufferLife life, string owner) => Watches(life, owner) ? this : null;

    /// <summary>Who is told of a life from now on, after bytes of a traced one have come into it.</summary>
    /// <param name="present">Who is told of it until now: the hook, a part of it, or nobody.</param>
    /// <param name="requested">How the life began.</param>
    /// <param name="age">How long ago that was.</param>
    /// <param name="sender">The span of the life that the bytes come from.</param>
    internal IBufferLifecycle? FollowerOf(
        IBufferLifecycle? present, in BufferStep requested, TimeSpan age, ActivityContext sender) =>
        Follows(requested, age, sender) ? this : present;
}
