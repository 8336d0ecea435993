using System.Text;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The file of a configuration as it was at one moment.</summary>
/// <param name="Text">Its text; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read, as the end of a sentence.</param>
/// <param name="Written">When it was last written, UTC.</param>
internal sealed record DocumentFile(string? Text, string? Problem, DateTime Written)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file, links followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mayBePipe">Whether it may be a pipe of this process, <c>/dev/stdin</c> or what a shell makes of <c>&lt;(command)</c>. It can be
    /// read only once, and within ten seconds.</param>
    public static DocumentFile Read(string path, bool mayBePipe = false)
    {
        try
        {
            if (Directory.Exists(path)) return Unreadable("is a folder");
            if (RegularFile.IsOwnPipe(path))
                return mayBePipe ? Of(RegularFile.ReadPipe(path, DocumentText.MaxLength), default) : Unreadable("is a pipe, which can be read only once");
            using FileStream stream = RegularFile.OpenRead(path);
            DateTime written = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            return Of(RegularFile.Read(stream, DocumentText.MaxLength), written);
        }
        catch (FileTooLargeException e)
        {
            return Unreadable($"{e.Problem}; that is no configuration");
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

    private static DocumentFile Of(byte[] content, DateTime written) =>
        Decode(content) is { } text ? new DocumentFile(text, null, written) : Unreadable("is not UTF-8 text");

    private static DocumentFile Unreadable(string problem) => new(null, problem, default);
}
