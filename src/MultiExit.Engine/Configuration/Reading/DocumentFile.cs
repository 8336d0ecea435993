using System.Text;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The file of a configuration at a moment.</summary>
/// <param name="Text">Its text; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read, as the end of a sentence.</param>
/// <param name="Written">When it was last written, UTC.</param>
internal sealed record DocumentFile(string? Text, string? Problem, DateTime Written)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file, links followed.</summary>
    public static DocumentFile Read(string path)
    {
        try
        {
            if (Directory.Exists(path)) return Unreadable("is a folder");
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[DocumentText.MaxLength + 1];
            int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            DateTime written = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            if (length > DocumentText.MaxLength) return Unreadable("is larger than 4 MiB; that is no configuration");
            return Decode(content.AsSpan(0, length)) is { } text ? new DocumentFile(text, null, written) : Unreadable("is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Unreadable(FileProblem.Of(e));
        }
    }

    /// <summary>The text of a document, without byte order mark; null when it is not UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // The text may hold secrets.
    /// <inheritdoc/>
    public override string ToString() => Problem ?? "text";

    private static DocumentFile Unreadable(string problem) => new(null, problem, default);
}
