using System.Security.Cryptography;

namespace MultiExit.Engine.Sources;

/// <summary>A content on its way, in a file that nobody else sees and that goes with this object: so it is bounded, hashed and read to its end
/// before anything is made of it, and takes no memory meanwhile.</summary>
internal sealed class SourceSpool : IDisposable
{
    private SourceSpool(FileStream file, string sha256) => (File, Sha256) = (file, sha256);

    /// <summary>The content, from its beginning.</summary>
    public FileStream File { get; }

    /// <summary>Its hash.</summary>
    public string Sha256 { get; }

    /// <summary>Takes a content.</summary>
    /// <param name="source">The content.</param>
    /// <param name="maxBytes">The most that it may have.</param>
    /// <param name="read">Called before each read; what it gives ends the read.</param>
    /// <exception cref="SourceFaultException">It is too large.</exception>
    /// <exception cref="IOException">It cannot be read, or there is no room for it.</exception>
    public static async Task<SourceSpool> FillAsync(Stream source, int maxBytes, Func<CancellationToken> read)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file = new(Path.Combine(Path.GetTempPath(), $"multiexit-source-{Guid.NewGuid():N}"), options);
        try
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[64 * 1024];
            int count;
            long length = 0;
            while ((count = await source.ReadAsync(buffer, read()).ConfigureAwait(false)) > 0)
            {
                if ((length += count) > maxBytes) throw TooLarge(maxBytes);
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
            }
            file.Position = 0;
            return new SourceSpool(file, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The fault of a content that is too large.</summary>
    public static SourceFaultException TooLarge(int maxBytes) => new($"it has more than {maxBytes >> 20} MiB");

    public void Dispose() => File.Dispose();
}
