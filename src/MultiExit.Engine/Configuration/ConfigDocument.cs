using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Configuration;

/// <summary>The text a configuration was read from. It may hold secrets: it goes into the history and nowhere else.</summary>
/// <param name="text">The text.</param>
/// <param name="file">The file, absolute; null for text without one.</param>
internal sealed class ConfigDocument(string text, string? file)
{
    public string Text => text;

    public string? File => file;

    /// <summary>SHA-256 of the text in UTF-8, hexadecimal.</summary>
    public string Sha256 { get; } = HashOf(text);

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public bool IsSameAs(ConfigDocument? other) =>
        other is not null && string.Equals(Sha256, other.Sha256, StringComparison.Ordinal) && string.Equals(file, other.File, StringComparison.Ordinal);
}
