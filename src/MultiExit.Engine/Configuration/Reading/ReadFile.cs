using System.Security.Cryptography;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>A file that a configuration names, as it was when the configuration was read.</summary>
/// <param name="Place">Where the document names it, <c>inbounds[0].tls.cert</c>.</param>
/// <param name="Path">The file.</param>
/// <param name="Sha256">The SHA-256 of its content. That of a secret stays in this process and is compared, never shown.</param>
internal sealed record ReadFile(string Place, string Path, string Sha256)
{
    // A larger file cannot be a certificate; its beginning and its length stand for it.
    private const int MaxHashed = 4 << 20;

    /// <summary>Looks at a file that can be read.</summary>
    /// <returns>Null when it cannot be read any more.</returns>
    public static ReadFile? Of(SourcePlace place, string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            byte[] content = new byte[(int)Math.Min(stream.Length, MaxHashed)];
            int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return Of(place, path, content.AsSpan(0, length), stream.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A file whose content has been read.</summary>
    public static ReadFile Of(SourcePlace place, string path, ReadOnlySpan<byte> content) => Of(place, path, content, content.Length);

    private static ReadFile Of(SourcePlace place, string path, ReadOnlySpan<byte> content, long length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        hash.AppendData(BitConverter.GetBytes(length));
        return new ReadFile(place.Path, path, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    // Trying all short secrets against its hash would find a short secret.
    /// <inheritdoc/>
    public override string ToString() => Path;
}
