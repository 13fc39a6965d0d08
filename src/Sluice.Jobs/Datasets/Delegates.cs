using System.Runtime.CompilerServices;

namespace Sluice.Jobs;

/// <summary>Looks at the delegates that a job is made of.</summary>
internal static class Delegates
{
    /// <summary>One that has done all it does when it returns.</summary>
    /// <exception cref="ArgumentException">It is an async method: what it emits would come when its turn is
    /// over.</exception>
    public static TDelegate Synchronous<TDelegate>(TDelegate selector)
        where TDelegate : Delegate
    {
        ArgumentNullException.ThrowIfNull(selector);
        return selector.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false)
            ? throw new ArgumentException(
                "An async selector returns before it has emitted everything: emit without await.", nameof(selector))
            : selector;
    }
}
