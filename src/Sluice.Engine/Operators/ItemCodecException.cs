using System.Globalization;

namespace Sluice.Engine;

/// <summary>A key order or a serializer threw: an item could not be turned into bytes, or back.</summary>
internal sealed class ItemCodecException : Exception
{
    private ItemCodecException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <param name="type">What could not be written.</param>
    /// <param name="number">Items the task wrote before.</param>
    /// <param name="partition">Where the record was going; null while its key is not known.</param>
    /// <param name="inner">What was thrown.</param>
    public static ItemCodecException Writing(Type type, long number, int? partition, Exception inner) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"a {type.Name} cannot be written, that of item {number} of the task{For(partition)}: " +
            $"{OperatorCode.MessageOf(inner)}"),
        inner);

    /// <param name="type">What could not be read.</param>
    /// <param name="number">Records of the partition that were read before.</param>
    /// <param name="partition">Which one.</param>
    /// <param name="inner">What was thrown.</param>
    public static ItemCodecException Reading(Type type, long number, int partition, Exception inner) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"a {type.Name} cannot be read, that of record {number} of partition {partition}: " +
            $"{OperatorCode.MessageOf(inner)}"),
        inner);

    /// <param name="length">Bytes of the record that was to be written.</param>
    /// <param name="format">What it was to be written as.</param>
    /// <param name="expected">Bytes of all records of that format.</param>
    /// <param name="number">Records the task wrote before.</param>
    public static ItemCodecException OfLength(int length, string format, int expected, long number) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"record {number} of the task has {length} bytes and cannot be written as {format}, whose records have " +
            $"{expected}"),
        null);

    private static string For(int? partition) => partition is int known
        ? string.Create(CultureInfo.InvariantCulture, $", for partition {known}")
        : "";
}
