using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice.Sorting;

/// <summary>The serializers that are known, by type.</summary>
/// <remarks>
/// Built in are those of whole numbers, floating point, decimal, bool, char, text, byte arrays and spans, dates and
/// times, Guid, enums, nullables, and of tuples of such types. Another library's serializer becomes one of these by
/// deriving from <see cref="Serializer{T}"/>.
/// </remarks>
public static class Serializers
{
    private static readonly ConcurrentDictionary<Type, object?> Known = new(new Dictionary<Type, object?>
    {
        [typeof(ReadOnlySpan<byte>)] = new SpanSerializer(),
        [typeof(byte[])] = new ByteArraySerializer(),
        [typeof(string)] = new TextSerializer(),
        [typeof(bool)] = new UnmanagedSerializer<bool>(),
        [typeof(byte)] = new UnmanagedSerializer<byte>(),
        [typeof(sbyte)] = new UnmanagedSerializer<sbyte>(),
        [typeof(short)] = new UnmanagedSerializer<short>(),
        [typeof(ushort)] = new UnmanagedSerializer<ushort>(),
        [typeof(char)] = new UnmanagedSerializer<char>(),
        [typeof(int)] = new UnmanagedSerializer<int>(),
        [typeof(uint)] = new UnmanagedSerializer<uint>(),
        [typeof(long)] = new UnmanagedSerializer<long>(),
        [typeof(ulong)] = new UnmanagedSerializer<ulong>(),
        [typeof(Int128)] = new UnmanagedSerializer<Int128>(),
        [typeof(UInt128)] = new UnmanagedSerializer<UInt128>(),
        [typeof(Half)] = new UnmanagedSerializer<Half>(),
        [typeof(float)] = new UnmanagedSerializer<float>(),
        [typeof(double)] = new UnmanagedSerializer<double>(),
        [typeof(decimal)] = new UnmanagedSerializer<decimal>(),
        [typeof(Guid)] = new UnmanagedSerializer<Guid>(),
        [typeof(DateTime)] = new UnmanagedSerializer<DateTime>(),
        [typeof(DateTimeOffset)] = new DateTimeOffsetSerializer(),
        [typeof(DateOnly)] = new UnmanagedSerializer<DateOnly>(),
        [typeof(TimeOnly)] = new UnmanagedSerializer<TimeOnly>(),
        [typeof(TimeSpan)] = new UnmanagedSerializer<TimeSpan>(),
    });

    /// <summary>The serializer of a type, or null when none is known.</summary>
    public static Serializer<T>? Find<T>()
        where T : allows ref struct => (Serializer<T>?)Find(typeof(T));

    /// <summary>Makes a serializer known; it replaces an earlier one of the same type.</summary>
    /// <remarks>Serializers of tuples found earlier keep the one they were made with.</remarks>
    public static void Register<T>(Serializer<T> serializer)
        where T : allows ref struct =>
        Known[typeof(T)] = serializer ?? throw new ArgumentNullException(nameof(serializer));

    // A type that is not known may be registered later, so that it is not known now is not kept.
    private static object? Find(Type type)
    {
        if (Known.TryGetValue(type, out object? known) || Make(type) is not object made)
        {
            return known;
        }

        return Known.GetOrAdd(type, made);
    }

    private static object? Make(Type type)
    {
        if (type.IsEnum)
        {
            return Activator.CreateInstance(typeof(UnmanagedSerializer<>).MakeGenericType(type));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Group<,>))
        {
            return MakeForGroup(type.GetGenericArguments());
        }

        Type? open = !type.IsGenericType
            ? null
            : type.GetGenericTypeDefinition() switch
            {
                Type definition when definition == typeof(Nullable<>) => typeof(NullableSerializer<>),
                Type definition when definition == typeof(ValueTuple<,>) => typeof(TupleSerializer<,>),
                Type definition when definition == typeof(ValueTuple<,,>) => typeof(TupleSerializer<,,>),
                Type definition when definition == typeof(ValueTuple<,,,>) => typeof(TupleSerializer<,,,>),
                _ => null,
            };
        if (open is null)
        {
            return null;
        }

        Type[] parts = type.GetGenericArguments();
        object?[] serializers = [.. parts.Select(Find)];
        return serializers.Contains(null) ? null : Activator.CreateInstance(open.MakeGenericType(parts), serializers);
    }

    // A key that was grouped by its natural order is carried by that.
    private static object? MakeForGroup(Type[] parts) => KeyOrders.Find(parts[0]) is object order && IsPlain(parts[1])
        ? Activator.CreateInstance(typeof(GroupSerializer<,>).MakeGenericType(parts), order)
        : null;

    private static bool IsPlain(Type type) => type.IsValueType && !(bool)typeof(RuntimeHelpers)
        .GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!.MakeGenericMethod(type).Invoke(null, null)!;
}
