using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The server, its sessions, users and clients.</summary>
internal sealed class ServerResource(GatewayServer server) : IControlResource
{
    public string Paths => "/server, /sessions, /sessions/{id}, /users, /locked, /unlock, /stop";

    public string? Methods(string[] path) => path switch
    {
        ["server"] or ["sessions"] or ["users"] or ["locked"] => "GET, HEAD",
        ["sessions", _] => "GET, HEAD, DELETE",
        ["unlock"] or ["stop"] => "POST",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request) => request.Path switch
    {
        ["server"] => ControlAnswer.Ok(server.GetStatus()),
        ["sessions"] => ControlAnswer.Ok(server.GetSessions()),
        ["sessions", var id] => request.IsRead ? Session(id) : StopSession(id),
        ["users"] => ControlAnswer.Ok(server.GetUsers()),
        ["locked"] => ControlAnswer.Ok(server.GetLockedClients()),
        ["unlock"] => ControlAnswer.Ok(Unlock(request.Parse<UnlockBody>("{ \"client\": an IP address }, or nothing for all"))),
        _ => await StopAsync(request.Parse<StopBody>("{ \"drain_timeout\": seconds }, or nothing")).ConfigureAwait(false),
    };

    private ControlAnswer Session(string id) =>
        server.GetSessions().FirstOrDefault(session => session.Id.ToString(CultureInfo.InvariantCulture) == id) is { } session ? ControlAnswer.Ok(session) : NoSession(id);

    private ControlAnswer StopSession(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && server.StopSession(number) ? ControlAnswer.NoContent : NoSession(id);

    private IReadOnlyList<LockedClient> Unlock(UnlockBody body) =>
        [.. server.GetLockedClients().Where(locked => (body.Client is null || locked.Covers(body.Client)) && server.UnlockClient(locked.Client))];

    // Answered when the server has ended; it ends also when nobody waits for that any more.
    private async Task<ControlAnswer> StopAsync(StopBody body)
    {
        if (body.DrainTimeout < TimeSpan.Zero || body.DrainTimeout > LimitsConfig.LongestDrain) throw ControlRequest.Invalid("\"drain_timeout\": seconds, 0 to 86400");
        _ = server.StopWholeAsync(body.DrainTimeout, CancellationToken.None);
        await server.SessionsEnded.ConfigureAwait(false);
        return ControlAnswer.Ok(server.GetStatus());
    }

    private static ControlAnswer NoSession(string id) =>
        ControlAnswer.Fail(404, "SessionNotFound", $"there is no live session {id}; it may have ended");
}
