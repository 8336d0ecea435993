using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration;

/// <summary>The text of a configuration. It may hold secrets: it goes to the server and into its history, and nowhere else.</summary>
public sealed class ConfigDocument
{
    /// <param name="text">The text.</param>
    /// <param name="file">The file, absolute; null for text without one.</param>
    /// <param name="isInFile">Whether the text was read from the file; otherwise the file only says where relative paths in the text count
    /// from.</param>
    internal ConfigDocument(string text, string? file, bool isInFile = false)
    {
        Text = text;
        File = file;
        IsInFile = isInFile;
        Sha256 = HashOf(text);
    }

    /// <summary>The file; relative paths in the text are relative to its folder. Null for text without one.</summary>
    public string? File { get; }

    /// <summary>SHA-256 of the text in UTF-8, hexadecimal.</summary>
    public string Sha256 { get; }

    internal string Text { get; }

    internal bool IsInFile { get; }

    /// <summary>What errors call the document; null: the file.</summary>
    internal string? Name { get; init; }

    /// <summary>Reads a file (UTF-8, at most 4 MiB) without looking at its content yet.</summary>
    /// <exception cref="ProxyException">It cannot be read.</exception>
    public static ConfigDocument Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        DocumentFile read = DocumentFile.Read(path, mayBePipe: true);
        return read.Text is { } text
            ? new ConfigDocument(text, Path.GetFullPath(path), isInFile: true)
            : throw ConfigResult.Unreadable(path, read.Problem!).ToException();
    }

    internal static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal bool IsSameAs(ConfigDocument? other) =>
        other is not null && string.Equals(Sha256, other.Sha256, StringComparison.Ordinal) && string.Equals(File, other.File, StringComparison.Ordinal);
}
