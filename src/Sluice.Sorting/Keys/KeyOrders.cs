using System.Collections.Concurrent;

namespace Sluice.Sorting;

/// <summary>The orders of built-in key types, and orders made of others.</summary>
/// <remarks>
/// Natural orders are those of <see cref="Comparer{T}.Default"/>, but for text, whose order is that of code points.
/// There are natural orders of whole numbers, floating point, decimal, bool, char, text, byte arrays and spans, dates
/// and times, Guid, nullable values (null first), and of tuples of such types. A key is what its order distinguishes: a
/// <see cref="DateTime"/> comes back without its kind, a <see cref="DateTimeOffset"/> as the same instant in UTC.
/// </remarks>
public static class KeyOrders
{
    private static readonly ConcurrentDictionary<Type, object?> Known = new(new Dictionary<Type, object?>
    {
        [typeof(ReadOnlySpan<byte>)] = new SpanOrder(),
        [typeof(byte[])] = new ByteArrayOrder(),
        [typeof(string)] = new Utf8Order(),
        [typeof(bool)] = new SmallOrder<bool>(value => value ? (byte)1 : (byte)0, bits => bits != 0),
        [typeof(byte)] = new SmallOrder<byte>(value => value, bits => bits),
        [typeof(sbyte)] = new SmallOrder<sbyte>(value => (byte)(value ^ sbyte.MinValue), bits => (sbyte)(bits ^ 0x80)),
        [typeof(short)] = new IntegerOrder<short>(),
        [typeof(ushort)] = new IntegerOrder<ushort>(),
        [typeof(char)] = new IntegerOrder<char>(),
        [typeof(int)] = new IntegerOrder<int>(),
        [typeof(uint)] = new IntegerOrder<uint>(),
        [typeof(long)] = new IntegerOrder<long>(),
        [typeof(ulong)] = new IntegerOrder<ulong>(),
        [typeof(Int128)] = new IntegerOrder<Int128>(),
        [typeof(UInt128)] = new IntegerOrder<UInt128>(),
        [typeof(Half)] = new FloatingOrder<Half, short>(BitConverter.HalfToInt16Bits, BitConverter.Int16BitsToHalf),
        [typeof(float)] = new FloatingOrder<float, int>(BitConverter.SingleToInt32Bits, BitConverter.Int32BitsToSingle),
        [typeof(double)] = new FloatingOrder<double, long>(
            BitConverter.DoubleToInt64Bits, BitConverter.Int64BitsToDouble),
        [typeof(decimal)] = new DecimalOrder(),
        [typeof(DateTime)] = new TicksOrder<DateTime>(value => value.Ticks, ticks => new DateTime(ticks)),
        [typeof(DateTimeOffset)] =
            new TicksOrder<DateTimeOffset>(value => value.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero)),
        [typeof(DateOnly)] = new TicksOrder<DateOnly>(
            value => value.DayNumber, day => DateOnly.FromDayNumber((int)day)),
        [typeof(TimeOnly)] = new TicksOrder<TimeOnly>(value => value.Ticks, ticks => new TimeOnly(ticks)),
        [typeof(TimeSpan)] = new TicksOrder<TimeSpan>(value => value.Ticks, ticks => new TimeSpan(ticks)),
        [typeof(Guid)] = new GuidOrder(),
    });

    /// <summary>
    /// Text by its UTF-16 code units, as <see cref="StringComparer.Ordinal"/> has it; takes lone surrogates.
    /// </summary>
    public static KeyOrder<string> Utf16 { get; } = new Utf16Order();

    /// <summary>The natural order of a type, or null when there is none.</summary>
    public static KeyOrder<TKey>? Find<TKey>()
        where TKey : allows ref struct => (KeyOrder<TKey>?)Find(typeof(TKey));

    /// <summary>The natural order of a type.</summary>
    /// <exception cref="NotSupportedException">There is none; an order of your own is a
    /// <see cref="KeyOrder{TKey}"/>.</exception>
    public static KeyOrder<TKey> Natural<TKey>()
        where TKey : allows ref struct => Find<TKey>() ??
        throw new NotSupportedException(
            $"{typeof(TKey).Name} has no natural order; derive one from KeyOrder<{typeof(TKey).Name}>.");

    /// <summary>An order that a comparer decides, for keys that no encoding to bytes keeps in order.</summary>
    /// <remarks>
    /// Sorting, merging and partitioning read two keys back for every comparison. Keys that the comparer does not tell
    /// apart keep the order of the input. Such an order cannot be part of another one, nor group: equal keys may differ
    /// in their bytes.
    /// </remarks>
    /// <param name="comparer">A total order; used by several threads at once.</param>
    /// <param name="serializer">Carries the keys; null takes the one that is known for their type.</param>
    /// <param name="prefix">A number that orders no two keys otherwise than the comparer; keys whose numbers differ are
    /// not compared. Null compares all.</param>
    /// <exception cref="NotSupportedException">No serializer is known for the type.</exception>
    public static KeyOrder<TKey> Compared<TKey>(
        IComparer<TKey> comparer, Serializer<TKey>? serializer = null, Func<TKey, ulong>? prefix = null)
        where TKey : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(comparer);
        return Compared(comparer.Compare, serializer, prefix);
    }

    /// <summary>An order that a function decides, like that of a comparer.</summary>
    /// <param name="compare">A total order; called by several threads at once.</param>
    /// <param name="serializer">Carries the keys; null takes the one that is known for their type.</param>
    /// <param name="prefix">A number that orders no two keys otherwise than the function.</param>
    /// <exception cref="NotSupportedException">No serializer is known for the type.</exception>
    public static KeyOrder<TKey> Compared<TKey>(
        Comparison<TKey> compare, Serializer<TKey>? serializer = null, Func<TKey, ulong>? prefix = null)
        where TKey : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(compare);
        serializer ??= Serializers.Find<TKey>() ?? throw new NotSupportedException(
            $"No serializer is known for {typeof(TKey).Name}: pass one, or register one with Serializers.Register.");
        return new ComparedOrder<TKey>(compare, serializer, prefix);
    }

    /// <summary>The largest key first.</summary>
    public static KeyOrder<TKey> Descending<TKey>(KeyOrder<TKey> order) => order is ComparedOrder<TKey> compared
        ? compared.Reversed()
        : new DescendingOrder<TKey>(Encoded(order));

    /// <summary>The order of the keys that are not null, behind null.</summary>
    public static KeyOrder<TKey?> NullsFirst<TKey>(KeyOrder<TKey> order)
        where TKey : class => new NullableReferenceOrder<TKey>(Encoded(order), nullsFirst: true);

    /// <summary>The order of the keys that are not null, before null.</summary>
    public static KeyOrder<TKey?> NullsLast<TKey>(KeyOrder<TKey> order)
        where TKey : class => new NullableReferenceOrder<TKey>(Encoded(order), nullsFirst: false);

    /// <summary>The order of the values, with null first or last.</summary>
    public static KeyOrder<TKey?> Nullable<TKey>(KeyOrder<TKey> order, bool nullsFirst = true)
        where TKey : struct => new NullableValueOrder<TKey>(Encoded(order), nullsFirst);

    /// <summary>Pairs by their first part, then by their second.</summary>
    public static KeyOrder<(T1 First, T2 Second)> Tuple<T1, T2>(KeyOrder<T1> first, KeyOrder<T2> second) =>
        new TupleOrder<T1, T2>(Encoded(first), Encoded(second));

    /// <summary>Triples by their parts, one after the other.</summary>
    public static KeyOrder<(T1 First, T2 Second, T3 Third)> Tuple<T1, T2, T3>(
        KeyOrder<T1> first, KeyOrder<T2> second, KeyOrder<T3> third) =>
        new TupleOrder<T1, T2, T3>(Encoded(first), Encoded(second), Encoded(third));

    /// <summary>Four parts, one after the other.</summary>
    public static KeyOrder<(T1 First, T2 Second, T3 Third, T4 Fourth)> Tuple<T1, T2, T3, T4>(
        KeyOrder<T1> first, KeyOrder<T2> second, KeyOrder<T3> third, KeyOrder<T4> fourth) =>
        new TupleOrder<T1, T2, T3, T4>(Encoded(first), Encoded(second), Encoded(third), Encoded(fourth));

    // An order made of others puts their encodings together: bytes have to tell the order of each.
    private static KeyOrder<TKey> Encoded<TKey>(KeyOrder<TKey> order) => order.Comparison is null
        ? order
        : throw new ArgumentException(
            $"An order of {typeof(TKey).Name} by comparison cannot be part of another order: compare the whole key.",
            nameof(order));

    internal static object? Find(Type type) => Known.GetOrAdd(type, static type => Make(type));

    private static object? Make(Type type)
    {
        Type? generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        Type? open = type switch
        {
            { IsEnum: true } => typeof(EnumOrder<,>),
            _ when System.Nullable.GetUnderlyingType(type) is not null => typeof(NullableValueOrder<>),
            _ when generic == typeof(ValueTuple<,>) => typeof(TupleOrder<,>),
            _ when generic == typeof(ValueTuple<,,>) => typeof(TupleOrder<,,>),
            _ when generic == typeof(ValueTuple<,,,>) => typeof(TupleOrder<,,,>),
            _ => null,
        };
        if (open is null)
        {
            return null;
        }

        Type[] parts = type.IsEnum ? [Enum.GetUnderlyingType(type)] : type.GetGenericArguments();
        object?[] orders = [.. parts.Select(Find)];
        if (orders.Contains(null))
        {
            return null;
        }

        Type closed = open.MakeGenericType(type.IsEnum ? [type, .. parts] : parts);
        object?[] arguments = open == typeof(NullableValueOrder<>) ? [.. orders, true] : orders;
        return Activator.CreateInstance(closed, arguments);
    }
}
