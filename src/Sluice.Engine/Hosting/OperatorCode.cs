using System.Diagnostics;
using System.Reflection;
using Sluice.Buffers;
using Sluice.Exchange;
using Sluice.Jobs;
using Sluice.Sorting;

namespace Sluice.Engine;

/// <summary>What is known of an exception that a job's own code may have thrown.</summary>
internal static class OperatorCode
{
    // From here down files, disks and the network are read and written.
    private static readonly Assembly[] Below =
        [typeof(NetworkBufferPool).Assembly, typeof(MapOutputBuffer).Assembly, typeof(InputGate).Assembly];

    /// <summary>Whether a delegate of the job threw it, and not what reads and writes for the job.</summary>
    /// <remarks>
    /// The first of our own methods that it went through tells: an operator has called the job's code, whatever reads
    /// or writes has not. An exception that was not thrown yet is not the job's.
    /// </remarks>
    public static bool Threw(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception).GetFrames())
        {
            if (frame.GetMethod()?.DeclaringType is not Type type)
            {
                continue;
            }

            if (type.Assembly == typeof(OperatorCode).Assembly)
            {
                return CallsDelegates(type);
            }

            if (type.Assembly == typeof(DatasetNode).Assembly)
            {
                return true;
            }

            if (Below.Contains(type.Assembly))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Its type and message; those of what it wraps where it says nothing itself.</summary>
    public static string Describe(Exception exception)
    {
        Exception telling = exception;
        while (telling is TypeInitializationException or TargetInvocationException
            && telling.InnerException is Exception inner)
        {
            telling = inner;
        }

        return $"{telling.GetType().Name}: {MessageOf(telling)}";
    }

    /// <summary>Its message; says so where that throws in turn.</summary>
    public static string MessageOf(Exception exception) => TextOf(exception, static thrown => thrown.Message);

    /// <summary>The whole cause with its stack; says so where that throws in turn.</summary>
    public static string DetailOf(Exception exception) => TextOf(exception, static thrown => thrown.ToString());

    private static bool CallsDelegates(Type type)
    {
        for (Type? kind = type; kind is not null; kind = kind.BaseType)
        {
            if (kind == typeof(Combiner) || kind == typeof(ShuffleReader)
                || (kind.IsGenericType && kind.GetGenericTypeDefinition() == typeof(Emitter<>)))
            {
                return true;
            }
        }

        return false;
    }

    private static string TextOf(Exception exception, Func<Exception, string> text)
    {
        try
        {
            return text(exception);
        }
#pragma warning disable CA1031 // The job's own code again.
        catch (Exception second)
#pragma warning restore CA1031
        {
            return $"a {exception.GetType()} whose text cannot be had: it throws a {second.GetType()}";
        }
    }
}
