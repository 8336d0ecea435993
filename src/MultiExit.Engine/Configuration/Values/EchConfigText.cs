using System.Buffers.Text;
using System.Text;
using MultiExit.Engine.Files;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>An ECHConfigList as people keep it: base64 as in a DNS record, PEM (RFC 9934), or its bytes.</summary>
internal static class EchConfigText
{
    private const int MaxFileLength = 256 * 1024;

    /// <summary>Reads base64 (with or without the <c>ech=</c> and the quotes of a DNS record) or PEM.</summary>
    /// <returns>The bytes, unchecked; null for other text.</returns>
    public static byte[]? Decode(string text)
    {
        if (EchPemFile.FindConfig(text) is { } pem) return pem;
        string value = text.Trim();
        if (value.StartsWith("ech=", StringComparison.Ordinal)) value = value[4..];
        value = value.Trim('"');
        if (value.Length == 0 || !Base64.IsValid(value)) return null;
        return Convert.FromBase64String(value);
    }

    /// <summary>Reads a file in any of the forms.</summary>
    /// <returns>Null when it is too large or none of them.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[]? ReadFile(string path)
    {
        byte[] content;
        try
        {
            content = RegularFile.Read(path, MaxFileLength);
        }
        catch (FileTooLargeException)
        {
            return null;
        }
        // The first two bytes of the list are its length; text there would be two letters, which mean a list of 16 KiB and more.
        if (EchConfigList.Parse(content, out _) is null) return content;
        return Decode(Encoding.Latin1.GetString(content));
    }
}
