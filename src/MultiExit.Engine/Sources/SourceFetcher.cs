using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Files;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Sources;

/// <summary>Reads a content from its file or URL.</summary>
/// <param name="config">Where it comes from.</param>
/// <param name="identity">Which source and form it is of (<see cref="SourceStore.IdentityOf"/>).</param>
/// <param name="maxBytes">The most that it may have.</param>
/// <param name="connect">Connects to the server of its URL.</param>
/// <param name="time">The clock.</param>
internal sealed class SourceFetcher(SourceConfig config, string identity, int maxBytes, SourceConnect connect, TimeProvider time)
{
    // For the head of the answer, and for each piece of its body.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // What is kept of a content has a head of a few KiB (SourceStore); without a tag the time of the last change serves.
    private const int MaxTag = 1024;

    private (long Length, DateTime Written)? _seen;

    /// <summary>Reads the content where it may be another than the one in force.</summary>
    /// <param name="present">What is known of the one in force; null: there is none.</param>
    /// <param name="always">Whether a file is read that looks as it did.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null when it has not changed.</returns>
    /// <exception cref="SourceFaultException">It cannot be had.</exception>
    public async Task<(SourceSpool Spool, SourceLabel Label)?> ReadAsync(SourceLabel? present, bool always, CancellationToken cancellationToken)
    {
        try
        {
            return config.File is { } file ? await ReadFileAsync(file, always, cancellationToken).ConfigureAwait(false)
                : await FetchAsync(present, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException && config.File is { } file)
        {
            _seen = null;
            throw new SourceFaultException($"the file {file} {FileProblem.Of(exception)}", exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new SourceFaultException(exception.GetBaseException().Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceFaultException($"no answer within {Patience.TotalSeconds:0} s, or not all of it within {Longest.TotalMinutes:0} min", exception);
        }
    }

    private async Task<(SourceSpool, SourceLabel)?> ReadFileAsync(string path, bool always, CancellationToken cancellationToken)
    {
        FileStream file = RegularFile.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            (long, DateTime) looks = (RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle));
            if (!always && looks == _seen) return null;
            SourceSpool spool = await SourceSpool.FillAsync(file, maxBytes, () => cancellationToken).ConfigureAwait(false);
            // Written meanwhile: it is read again at the next look.
            _seen = (RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle)) == looks ? looks : null;
            return (spool, new SourceLabel(identity, spool.Sha256, time.GetUtcNow()));
        }
    }

    private async Task<(SourceSpool, SourceLabel)?> FetchAsync(SourceLabel? present, CancellationToken cancellationToken)
    {
        using CancellationTokenSource longest = new(Longest, time);
        using CancellationTokenSource piece = new(Patience, time);
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, longest.Token, piece.Token);
        using SocketsHttpHandler handler = CreateHandler();
        using HttpClient http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using HttpRequestMessage request = new(HttpMethod.Get, Encoding.UTF8.GetString(config.Url!.Reveal()));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("MultiExit", null));
        if (present?.ETag is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        else if (present?.LastModified is { } modified) request.Headers.IfModifiedSince = modified;
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, all.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified && present is not null) return null;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new SourceFaultException(string.Create(CultureInfo.InvariantCulture, $"the server answered {(int)response.StatusCode}"));
        if (response.Content.Headers.ContentLength > maxBytes) throw SourceSpool.TooLarge(maxBytes);
        Stream body = await response.Content.ReadAsStreamAsync(all.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            SourceSpool spool = await SourceSpool.FillAsync(body, maxBytes, () =>
            {
                piece.CancelAfter(Patience);
                return all.Token;
            }).ConfigureAwait(false);
            return (spool, new SourceLabel(identity, spool.Sha256, time.GetUtcNow())
            {
                ETag = response.Headers.ETag?.ToString() is { Length: <= MaxTag } tagged ? tagged : null, LastModified = response.Content.Headers.LastModified,
            });
        }
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        // Never from https to http.
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 3,
        // What is unpacked could be of any size.
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16, // KiB
        SslOptions = ServerCertificatePolicy.Options(caFile: null),
        ConnectCallback = (context, token) => connect(config.Via, context.DnsEndPoint, token),
    };
}
