namespace Sluice.Client;

/// <summary>Where a record lies, so that its key can be read again.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Offset">The record's first byte.</param>
/// <param name="Length">Its bytes, without the newline.</param>
internal sealed record RecordPlace(string File, long Offset, long Length);
