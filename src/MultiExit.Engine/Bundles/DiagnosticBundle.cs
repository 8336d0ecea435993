using System.Globalization;
using System.IO.Compression;
using System.Text;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Bundles;

/// <summary>One zip for whoever looks for a fault: what a server says of itself, its log and records of late, and what its host has. Secrets are not in it;
/// names of users, clients and destinations are.</summary>
public static class DiagnosticBundle
{
    /// <summary>The most bytes of text of one part; what is more is left out, and said to be.</summary>
    public const int MaxPart = 8 << 20;

    /// <summary>The most bytes of text of all parts.</summary>
    public const int MaxTotal = 64 << 20;

    private const string Readme = "README.txt";

    /// <summary>Writes a bundle. A part that cannot be had is left out, with the reason.</summary>
    /// <param name="output">Where to; it stays open.</param>
    /// <param name="server">The server, on this host.</param>
    /// <param name="since">The log and records from then on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static Task<BundleResult> WriteAsync(
        Stream output, IServerControl server, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(server);
        BundlePart[] parts = [.. ServerParts.Of(server, since), .. HostParts.Of(new SystemCommandRunner(), SystemFiles.OfHost)];
        return WriteAsync(output, parts, since, cancellationToken);
    }

    internal static async Task<BundleResult> WriteAsync(
        Stream output, IReadOnlyList<BundlePart> parts, DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<string> written = [], absent = [], missing = [];
        using ZipArchive zip = new(output, ZipArchiveMode.Create, leaveOpen: true);
        int left = MaxTotal;
        foreach (BundlePart part in parts)
        {
            (string text, int length, string? fault, bool isAbsent) = await ReadAsync(part, Math.Min(left, MaxPart), cancellationToken).ConfigureAwait(false);
            if (fault is not null) (isAbsent ? absent : missing).Add($"{part.Name}: {fault}");
            if (length == 0 && fault is not null) continue;
            await AddAsync(zip, part.Name, text, cancellationToken).ConfigureAwait(false);
            written.Add(part.Name);
            left -= length;
        }
        await AddAsync(zip, Readme, Describe(since, written, [.. absent, .. missing]), cancellationToken).ConfigureAwait(false);
        return new BundleResult(written, missing);
    }

    private static async Task<(string Text, int Length, string? Fault, bool IsAbsent)> ReadAsync(
        BundlePart part, int limit, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        int length = 0;
        try
        {
            await foreach (string line in part.Lines(cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                int more = Encoding.UTF8.GetByteCount(line) + 1;
                if (length + more > limit)
                    return (text.ToString(), length, string.Create(CultureInfo.InvariantCulture, $"cut off after {length} bytes, there was more"), false);
                text.Append(line).Append('\n');
                length += more;
            }
            return (text.ToString(), length, null, false);
        }
        catch (Exception exception) when (exception is ProxyException or IOException or UnauthorizedAccessException)
        {
            // A server without a store of records is as it should be.
            return (text.ToString(), length, exception.Message, exception is ProxyException { Reason: ProxyError.ServerState });
        }
    }

    private static async Task AddAsync(ZipArchive zip, string name, string text, CancellationToken cancellationToken)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        Stream stream = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false)) await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
    }

    private static string Describe(DateTimeOffset since, List<string> written, string[] missing) => string.Join('\n',
    [
        $"Made {DateTimeOffset.UtcNow:O}; log and records since {since.UtcDateTime:O}.",
        "Passwords, keys and tokens are not in it. Names of users, addresses of clients and destinations are: it is for people who may know those.",
        "In .jsonl files each line is an object; docs/operations.md, \"The control socket\", says what its fields are.",
        "", "In it:", .. written.Select(name => $"  {name}"), "",
        .. missing.Length == 0 ? (string[])["Nothing is missing."] : ["Missing, and why:", .. missing.Select(reason => $"  {reason}")], "",
    ]);
}
