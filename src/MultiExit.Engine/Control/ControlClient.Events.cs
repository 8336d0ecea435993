using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>Listening to events.</content>
public sealed partial class ControlClient
{
    // The server says every 15 s that it lives.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private const int MaxEvent = 1024 * 1024;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ServerEvent> GetEventsAsync(
        long? after = null, IReadOnlyCollection<string>? types = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using HttpClient http = CreateClient(Timeout.InfiniteTimeSpan);
        using HttpResponseMessage response = await BeginAsync(http, EventResource.TargetOf(after, types), cancellationToken).ConfigureAwait(false);
        EventLines lines = new(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), MaxEvent);
        while (await ReadLineAsync(lines, cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return Parse(line[6..]);
        }
    }

    private async Task<HttpResponseMessage> BeginAsync(HttpClient http, string target, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://localhost/{target}");
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).WaitAsync(AnswerTimeout, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
        {
            throw exception.InnerException as Errors.ProxyException ?? Unreachable($"the server did not answer: {exception.Message}", exception);
        }
        try
        {
            if (response.StatusCode != HttpStatusCode.OK) await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            await CheckAsync(response, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // Null at the end: the server has stopped, or its control socket has.
    private async Task<string?> ReadLineAsync(EventLines lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken).AsTask().WaitAsync(Silence, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw Unreachable($"an event is too long: {exception.Message}", exception);
        }
        catch (IOException)
        {
            return null;
        }
        catch (TimeoutException exception)
        {
            throw Unreachable($"the server was silent for {Silence.TotalSeconds:0} s", exception);
        }
    }

    private ServerEvent Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerEvent>(json, AnswerJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw Unreachable($"an event is not understood: {exception.Message}", exception);
        }
    }
}
