using System.Globalization;

namespace Sluice.Engine;

/// <summary>A key order or a serializer threw: an item could not be turned into bytes, or back.</summary>
internal sealed class ItemCodecException : Exception
{
    private ItemCodecException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <param name="type">What could not be written.</param>
    /// <param name="number">Items the task wrote before.</param>
    /// <param name="inner">What was thrown.</param>
    public static ItemCodecException Writing(Type type, long number, Exception inner) => new(
        string.Create(
            CultureInfo.InvariantCulture, $"a {type.Name} cannot be written, that of item {number} of the task: {inner.Message}"),
        inner);

    /// <param name="type">What could not be read.</param>
    /// <param name="number">Records the task read before.</param>
    /// <param name="inner">What was thrown.</param>
    public static ItemCodecException Reading(Type type, long number, Exception inner) => new(
        string.Create(
            CultureInfo.InvariantCulture, $"a {type.Name} cannot be read, that of record {number} of the partition: {inner.Message}"),
        inner);
}
