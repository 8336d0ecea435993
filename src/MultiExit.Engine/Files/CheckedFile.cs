using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiExit.Engine.Files;

/// <summary>Records in JSON with a checksum, and a copy of the last one beside it, <c>.last</c>: a bit that a disk or a copy has flipped is
/// noticed, and the record is not lost.</summary>
internal static class CheckedFile
{
    /// <summary>The end of the copy's name.</summary>
    public const string Suffix = ".last";

    private const string Key = "Checksum";

    /// <summary>Writes a record, and then its copy.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">The record.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="keepCopy">Whether there is a copy.</param>
    /// <exception cref="IOException">It cannot be written; the earlier record stays, at least in the copy.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write<T>(string path, T value, JsonSerializerOptions options, bool keepCopy = true)
        where T : class
    {
        JsonObject record = JsonSerializer.SerializeToNode(value, options)!.AsObject();
        record[Key] = ChecksumOf(record);
        byte[] content = Encoding.UTF8.GetBytes(record.ToJsonString(options));
        AtomicFile.Write(path, stream => stream.Write(content));
        if (keepCopy) AtomicFile.Write(path + Suffix, stream => stream.Write(content));
    }

    /// <summary>Reads a record. A record without a checksum is taken as it is: an earlier version, or a person, wrote it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="isSound">Whether a record makes sense.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static CheckedRecord<T> Read<T>(string path, int limit, JsonSerializerOptions options, Func<T, bool> isSound)
        where T : class
    {
        if (!File.Exists(path)) return new CheckedRecord<T>(CheckedState.None, null);
        if (Parse<T>(RegularFile.Read(path, limit), options, needsChecksum: false) is { } value && isSound(value)) return new(CheckedState.Sound, value);
        string copy = path + Suffix;
        T? last = File.Exists(copy) ? Parse<T>(RegularFile.Read(copy, limit), options, needsChecksum: true) : null;
        return last is not null && isSound(last) ? new(CheckedState.FromCopy, last) : new(CheckedState.Damaged, null);
    }

    private static T? Parse<T>(byte[] content, JsonSerializerOptions options, bool needsChecksum)
        where T : class
    {
        try
        {
            if (JsonNode.Parse(content) is not JsonObject record) return null;
            string? checksum = record[Key]?.GetValue<string>();
            record.Remove(Key);
            T? value = record.Deserialize<T>(options);
            if (value is null || (checksum is null && needsChecksum)) return null;
            // The checksum is of the parsed content, so that blanks and the order of keys do not count.
            return checksum is null || string.Equals(checksum, ChecksumOf(JsonSerializer.SerializeToNode(value, options)!), StringComparison.Ordinal)
                ? value : null;
        }
        catch (Exception exception)
            when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static string ChecksumOf(JsonNode record) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.ToJsonString())));
}
