using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Control;

/// <summary>What the control endpoint does for each request; docs/operations.md is the reference.</summary>
internal sealed class ControlRoutes(GatewayServer server, EngineLog log)
{
    private const string Resources =
        "/server, /sessions, /sessions/{id}, /exits, /exits/{name}, /exits/{name}/enable, disable, weight or probe, /users, /locked, /unlock, /config, /reload, /stop";

    private static readonly string WeightForm = $"{{ \"weight\": {ExitConfig.MinWeight} to {ExitConfig.MaxWeight} }}";

    private static readonly TimeSpan LongestProbe = TimeSpan.FromMinutes(5);

    // As limits.drain_timeout.
    private static readonly TimeSpan LongestDrain = TimeSpan.FromDays(1);

    /// <summary>Does what is asked.</summary>
    /// <returns>The answer, of failures too.</returns>
    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        string[] path = [.. request.Path.Split('?')[0].Split('/')[1..].Select(Uri.UnescapeDataString)];
        if (Methods(path) is not { } methods) return ControlAnswer.Fail(404, "NotFound", $"there is no such resource; there are {Resources}");
        if (!methods.Split(", ").Contains(request.Method, StringComparer.Ordinal))
            return ControlAnswer.Fail(405, "MethodNotAllowed", $"this resource takes {methods}") with { Allow = methods };
        if (!request.IsRead) log.ControlRequest(request.Method, request.Path);
        try
        {
            return request.IsRead ? Read(path) : await ChangeAsync(path, request.Body).ConfigureAwait(false);
        }
        catch (ProxyException exception)
        {
            return ControlAnswer.Of(exception);
        }
        catch (FormatException exception)
        {
            return Invalid(exception.Message);
        }
        catch (Exception exception)
        {
            log.Unexpected("the control endpoint", exception);
            return ControlAnswer.Fail(500, nameof(ProxyError.Unexpected), "an unexpected failure; the server's log has it (MX9000)");
        }
    }

    private static string? Methods(string[] path) => path switch
    {
        ["server"] or ["sessions"] or ["exits"] or ["exits", _] or ["users"] or ["locked"] or ["config"] => "GET, HEAD",
        ["sessions", _] => "GET, HEAD, DELETE",
        ["unlock"] or ["reload"] or ["stop"] or ["exits", _, "enable" or "disable" or "weight" or "probe"] => "POST",
        _ => null,
    };

    private ControlAnswer Read(string[] path) => path switch
    {
        ["server"] => ControlAnswer.Ok(server.GetStatus()),
        ["sessions"] => ControlAnswer.Ok(server.GetSessions()),
        ["sessions", var id] => server.GetSessions().FirstOrDefault(session => $"{session.Id}" == id) is { } session ? ControlAnswer.Ok(session) : NoSession(id),
        ["exits"] => ControlAnswer.Ok(server.GetExits()),
        ["exits", var name] => Find(name) is { } exit ? ControlAnswer.Ok(exit) : NoExit(name),
        ["users"] => ControlAnswer.Ok(server.GetUsers()),
        ["locked"] => ControlAnswer.Ok(server.GetLockedClients()),
        _ => ControlAnswer.Ok(server.Config),
    };

    private async Task<ControlAnswer> ChangeAsync(string[] path, ReadOnlyMemory<byte> body)
    {
        switch (path)
        {
            case ["sessions", var id]:
                return long.TryParse(id, out long number) && server.StopSession(number) ? ControlAnswer.NoContent : NoSession(id);
            case ["exits", var name, _] when Find(name) is null:
                return NoExit(name);
            case ["exits", var name, "enable"]:
                return ControlAnswer.Ok(new CutAnswer(server.SetExitEnabled(name, enabled: true)));
            case ["exits", var name, "disable"]:
                return ControlAnswer.Ok(new CutAnswer(server.SetExitEnabled(name, enabled: false, Parse<DisableBody>(body, "{ \"cut_sessions\": true or false }").CutSessions)));
            case ["exits", var name, "weight"]:
                if (Parse<WeightBody>(body, WeightForm).Weight is not { } weight || weight is < ExitConfig.MinWeight or > ExitConfig.MaxWeight) return Invalid(WeightForm);
                server.SetExitWeight(name, weight);
                return ControlAnswer.Ok(Find(name)!);
            case ["exits", var name, "probe"]:
                ProbeBody probe = Parse<ProbeBody>(body, "{ \"target\": a URL, \"timeout\": seconds }, both optional");
                if (probe.Timeout <= TimeSpan.Zero || probe.Timeout > LongestProbe) return Invalid("\"timeout\": seconds, more than 0, at most 300");
                return ControlAnswer.Ok(await server.ProbeExitAsync(name, probe.Target, probe.Timeout).ConfigureAwait(false));
            case ["unlock"]:
                return ControlAnswer.Ok(Unlock(Parse<UnlockBody>(body, "{ \"client\": an IP address }, or nothing for all")));
            case ["reload"]:
                return await ReloadAsync().ConfigureAwait(false);
            default:
                return await StopAsync(Parse<StopBody>(body, "{ \"drain_timeout\": seconds }, or nothing")).ConfigureAwait(false);
        }
    }

    private IReadOnlyList<LockedClient> Unlock(UnlockBody body) =>
        [.. server.GetLockedClients().Where(locked => (body.Client is null || locked.Covers(body.Client)) && server.UnlockClient(locked.Client))];

    private async Task<ControlAnswer> ReloadAsync()
    {
        if (server.Manager is not { } manager)
            throw new ProxyException(ProxyError.ServerState, $"the server {server.Config.Name} was not started from a file; there is nothing to read again");
        ConfigResult result = await manager.ReloadFileAsync(ConfigChange.Control).ConfigureAwait(false);
        return result.IsValid ? ControlAnswer.Ok(server.GetStatus())
            : ControlAnswer.Fail(422, nameof(ProxyError.InvalidConfiguration), $"the configuration is not valid, the earlier one stays: {string.Join("; ", result.Errors)}");
    }

    // Answered when the server has ended; it ends also when nobody waits for that any more.
    private async Task<ControlAnswer> StopAsync(StopBody body)
    {
        if (body.DrainTimeout < TimeSpan.Zero || body.DrainTimeout > LongestDrain) return Invalid("\"drain_timeout\": seconds, 0 to 86400");
        _ = server.StopWholeAsync(body.DrainTimeout, CancellationToken.None);
        await server.SessionsEnded.ConfigureAwait(false);
        return ControlAnswer.Ok(server.GetStatus());
    }

    private ExitStatus? Find(string name) => server.GetExits().FirstOrDefault(exit => exit.Name == name);

    // No body says nothing, as {} does.
    private static T Parse<T>(ReadOnlyMemory<byte> body, string form)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body.IsEmpty ? "{}"u8 : body.Span, ControlJson.Options) ?? throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw new FormatException(form, exception);
        }
    }

    private static ControlAnswer NoSession(string id) =>
        ControlAnswer.Fail(404, "SessionNotFound", $"there is no live session {id}; it may have ended");

    private static ControlAnswer NoExit(string name) => ControlAnswer.Fail(404, "ExitNotFound", $"there is no exit or group named {name}");

    private static ControlAnswer Invalid(string form) => ControlAnswer.Fail(400, "InvalidRequest", $"the body is not what is expected here: {form}");
}
