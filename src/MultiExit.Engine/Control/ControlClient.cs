using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Control;

/// <summary>A server of another process, over its control socket. One connection a call; nothing to dispose of.</summary>
/// <remarks>Every call fails with <see cref="ProxyError.ControlUnreachable"/> when no server answers.</remarks>
public sealed partial class ControlClient : IServerControl
{
    // A hundred thousand sessions fit.
    private const int MaxAnswer = 256 * 1024 * 1024;
    private const int MaxReason = 2000;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    // A page of a search ends after seconds, but others may be searching.
    private static readonly TimeSpan SearchTimeout = TimeSpan.FromMinutes(2);

    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    // Millions of records may be read.
    private static readonly TimeSpan ReplayTimeout = TimeSpan.FromMinutes(10);

    // A probe, also that of a change, takes as long as the server's configuration says.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMinutes(6);

    private readonly Func<CancellationToken, ValueTask<Stream>> _connect;

    /// <param name="socket">The path of the socket.</param>
    public ControlClient(string socket)
        : this(socket, async token => await UnixSocket.ConnectAsync(socket, token).ConfigureAwait(false))
    {
    }

    /// <param name="place">Where the server is, in errors.</param>
    /// <param name="connect">Makes a connection to its control socket.</param>
    internal ControlClient(string place, Func<CancellationToken, ValueTask<Stream>> connect)
    {
        SocketPath = place;
        _connect = connect;
    }

    /// <summary>The path of the socket; for a server of another host, where it is.</summary>
    public string SocketPath { get; }

    /// <inheritdoc/>
    public Task<ServerStatus> GetStatusAsync(CancellationToken cancellationToken = default) => GetAsync<ServerStatus>("server", cancellationToken);

    /// <summary>What this client may do.</summary>
    internal Task<AccessStatus> GetAccessAsync(CancellationToken cancellationToken = default) => GetAsync<AccessStatus>("access", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PreflightResult>> CheckHostAsync(CancellationToken cancellationToken = default) =>
        AskAsync<IReadOnlyList<PreflightResult>>(HttpMethod.Get, "preflight", null, SearchTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionRecord>> GetSessionsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<SessionRecord>>("sessions", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExitStatus>> GetExitsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<ExitStatus>>("exits", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UserStatus>> GetUsersAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<UserStatus>>("users", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LockedClient>> GetLockedClientsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<LockedClient>>("locked", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LogEntry>> GetLogAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return GetAsync<IReadOnlyList<LogEntry>>(LogResource.TargetOf(query), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RecordPage> FindRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, RecordResource.TargetOf(query), null, SearchTimeout, cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<SessionRecord> records = await ReadAsync<IReadOnlyList<SessionRecord>>(response, cancellationToken).ConfigureAwait(false);
        return new RecordPage(records, response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? RecordResource.NextOf(links.First()) : null);
    }

    /// <inheritdoc/>
    public async Task<FleetRecordPage> FindFleetRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Get, RecordResource.TargetOf(query, ofFleet: true), null, SearchTimeout, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<FleetRecord> records = await ReadAsync<IReadOnlyList<FleetRecord>>(response, cancellationToken).ConfigureAwait(false);
        return new FleetRecordPage(
            records, response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? RecordResource.NextOf(links.First()) : null);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TrafficRow>> FindTrafficAsync(TrafficQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<IReadOnlyList<TrafficRow>>(HttpMethod.Get, TrafficResource.TargetOf(query), null, SearchTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetricStatus>> GetMetricsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<MetricStatus>>("metrics", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RuleSetStatus>> GetRuleSetsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<RuleSetStatus>>("sets", cancellationToken);

    /// <inheritdoc/>
    public Task<RuleSetStatus> UpdateRuleSetAsync(string name, CancellationToken cancellationToken = default) =>
        PostAsync<RuleSetStatus>($"sets/{Uri.EscapeDataString(name)}/update", null, ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> StopSessionAsync(long id, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, $"sessions/{id}", null, AnswerTimeout, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        await CheckAsync(response, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task<int> SetExitEnabledAsync(string name, bool enabled, bool cutSessions = false, CancellationToken cancellationToken = default)
    {
        CutAnswer answer = await PostAsync<CutAnswer>(
            $"exits/{Uri.EscapeDataString(name)}/{(enabled ? "enable" : "disable")}", enabled ? null : new DisableBody(cutSessions),
            AnswerTimeout, cancellationToken)
            .ConfigureAwait(false);
        return answer.SessionsCut;
    }

    /// <inheritdoc/>
    /// <remarks>The user that asks is the user of this process, whatever <paramref name="who"/> says: the system reports it to the server.</remarks>
    public Task SetExitWeightAsync(string name, int weight, string? who = null, CancellationToken cancellationToken = default) =>
        PostAsync<ExitStatus>($"exits/{Uri.EscapeDataString(name)}/weight", new WeightBody(weight), AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<ExitProbe> ProbeExitAsync(
        string name, string? target = null, TimeSpan? timeout = null, bool asksAddress = false, CancellationToken cancellationToken = default) =>
        PostAsync<ExitProbe>($"exits/{Uri.EscapeDataString(name)}/probe", new ProbeBody(target, timeout, asksAddress), ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public async Task<int> CutUserAsync(string name, CancellationToken cancellationToken = default) =>
        (await PostAsync<CutAnswer>("cut", new CutBody(name), AnswerTimeout, cancellationToken).ConfigureAwait(false)).SessionsCut;

    /// <inheritdoc/>
    public async Task<bool> UnlockClientAsync(IPAddress client, CancellationToken cancellationToken = default) =>
        (await PostAsync<IReadOnlyList<LockedClient>>("unlock", new UnlockBody(client), AnswerTimeout, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <inheritdoc/>
    public Task<ServerStatus> StopAsync(TimeSpan? drainTimeout = null, CancellationToken cancellationToken = default) =>
        PostAsync<ServerStatus>("stop", new StopBody(drainTimeout), Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc/>
    public async Task<ServerStatus> UpgradeAsync(CancellationToken cancellationToken = default)
    {
        await PostAsync<ServerStatus>("upgrade", null, ProbeTimeout, cancellationToken).ConfigureAwait(false);
        // The answer came from the process of before.
        return await GetStatusAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => AskAsync<T>(HttpMethod.Get, path, null, AnswerTimeout, cancellationToken);

    private Task<T> PostAsync<T>(string path, object? body, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync<T>(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body, body.GetType(), options: ControlJson.Options),
            timeout, cancellationToken);

    private async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, timeout, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<T>(response, cancellationToken).ConfigureAwait(false);
    }

    // The whole answer is in memory when it returns.
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using HttpClient http = CreateClient(timeout);
        using HttpRequestMessage request = new(method, $"http://localhost/{path}") { Content = body, Headers = { Accept = { Json } } };
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"the server did not answer within {DurationText.Seconds(timeout)}", exception);
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException as ProxyException ?? Unreachable($"the server did not answer: {exception.Message}", exception);
        }
    }

    private HttpClient CreateClient(TimeSpan timeout)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false,
            ConnectCallback = (_, token) => _connect(token),
        };
        return new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = MaxAnswer };
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await CheckAsync(response, cancellationToken).ConfigureAwait(false);
        return await ParseAsync<T>(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        throw Failure(response, await ParseAsync<ControlError>(response, cancellationToken).ConfigureAwait(false));
    }

    private ProxyException Failure(HttpResponseMessage response, ControlError error)
    {
        // The server has too many connections, or is of another version, which knows other resources, methods and members.
        if (response.StatusCode is HttpStatusCode.Forbidden) return new ProxyException(ProxyError.OperatorNeeded, $"{SocketPath}: {error.Message}");
        if (response.StatusCode is HttpStatusCode.ServiceUnavailable) return Unreachable(error.Message);
        if (response.StatusCode is HttpStatusCode.MethodNotAllowed || error.Error == "NotFound")
            return Unreachable($"the server is one of another version: {error.Message}");
        ProxyError reason = Enum.TryParse(error.Error, out ProxyError known) ? known : ProxyError.InvalidConfiguration;
        return new ProxyException(reason, error.Message) { ConfigErrors = error.Errors ?? [] };
    }

    private async Task<T> ParseAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(AnswerJson.Options, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw Unreachable($"what answers is no MultiExit server, or one of another version: {exception.Message}", exception);
        }
    }

    // What a peer that is no server has sent may be part of the reason.
    private ProxyException Unreachable(string reason, Exception? exception = null) =>
        new(ProxyError.ControlUnreachable, $"{SocketPath}: {ErrorText.Clean(reason, MaxReason)}", exception);
}
