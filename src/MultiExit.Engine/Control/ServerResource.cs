using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The server, its sessions, users and clients.</summary>
internal sealed class ServerResource(IServerControl server) : IControlResource
{
    private const string Match = "match";
    private const string Limit = "limit";
    private const string CutExpected = "{ \"user\": the name of a user }";

    public string Paths => "/server, /preflight, /sessions, /sessions/{id}, /users, /locked, /unlock, /cut, /stop";

    public string? Methods(string[] path) => path switch
    {
        ["server"] or ["preflight"] or ["sessions"] or ["users"] or ["locked"] => "GET, HEAD",
        ["sessions", _] => "GET, HEAD, DELETE",
        ["unlock"] or ["cut"] or ["stop"] => "POST",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request) => request.Path switch
    {
        ["server"] => ControlAnswer.Ok(await server.GetStatusAsync().ConfigureAwait(false)),
        ["preflight"] => ControlAnswer.Ok(await server.CheckHostAsync().ConfigureAwait(false)),
        ["sessions"] => await SessionsAsync(request.Query(Match, Limit)).ConfigureAwait(false),
        ["sessions", var id] => await (request.IsRead ? SessionAsync(id) : StopSessionAsync(id)).ConfigureAwait(false),
        ["users"] => ControlAnswer.Ok(await server.GetUsersAsync().ConfigureAwait(false)),
        ["locked"] => ControlAnswer.Ok(await server.GetLockedClientsAsync().ConfigureAwait(false)),
        ["unlock"] => await UnlockAsync(request.Parse<UnlockBody>("{ \"client\": an IP address }, or nothing for all")).ConfigureAwait(false),
        ["cut"] => await CutAsync(request.Parse<CutBody>(CutExpected)).ConfigureAwait(false),
        _ => await StopAsync(request.Parse<StopBody>("{ \"drain_timeout\": seconds }, or nothing"), request.Closing).ConfigureAwait(false),
    };

    // All in their order, or the newest first where they are limited.
    private async Task<ControlAnswer> SessionsAsync(ControlQuery query)
    {
        IEnumerable<SessionRecord> sessions = await server.GetSessionsAsync().ConfigureAwait(false);
        if (query.Text(Match) is { } text) sessions = sessions.Where(session => Matches(session, text));
        if (query.Number(Limit) is { } limit) sessions = sessions.OrderByDescending(session => session.Id).Take(limit);
        return ControlAnswer.Ok(sessions.ToArray());
    }

    private static bool Matches(SessionRecord session, string text) =>
        new[]
        {
            session.Client.ToString(), session.User, session.Inbound, session.Protocol, session.Destination, session.Exit, session.Group,
            session.Source?.ToString(),
        }.Any(field => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private async Task<ControlAnswer> SessionAsync(string id)
    {
        IReadOnlyList<SessionRecord> sessions = await server.GetSessionsAsync().ConfigureAwait(false);
        return sessions.FirstOrDefault(session => session.Id.ToString(CultureInfo.InvariantCulture) == id) is { } session
            ? ControlAnswer.Ok(session)
            : NoSession(id);
    }

    private async Task<ControlAnswer> StopSessionAsync(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && await server.StopSessionAsync(number).ConfigureAwait(false)
            ? ControlAnswer.NoContent : NoSession(id);

    private async Task<ControlAnswer> UnlockAsync(UnlockBody body)
    {
        List<LockedClient> unlocked = [];
        foreach (LockedClient locked in await server.GetLockedClientsAsync().ConfigureAwait(false))
        {
            if ((body.Client is null || locked.Covers(body.Client)) && await server.UnlockClientAsync(locked.Client).ConfigureAwait(false))
                unlocked.Add(locked);
        }
        return ControlAnswer.Ok(unlocked);
    }

    private async Task<ControlAnswer> CutAsync(CutBody body) =>
        ControlAnswer.Ok(new CutAnswer(await server.CutUserAsync(body.User ?? throw ControlRequest.Invalid(CutExpected)).ConfigureAwait(false)));

    // Answered when the server has ended; the server also ends when the client does not wait for the answer any more.
    private async Task<ControlAnswer> StopAsync(StopBody body, CancellationToken closing)
    {
        if (body.DrainTimeout < TimeSpan.Zero || body.DrainTimeout > LimitsConfig.LongestDrain)
            throw ControlRequest.Invalid("\"drain_timeout\": seconds, 0 to 86400");
        Task<ServerStatus> stop = server.StopAsync(body.DrainTimeout, CancellationToken.None);
        try
        {
            return ControlAnswer.Ok(await stop.WaitAsync(closing).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The sessions have ended, and the stop waits for this answer before it releases the rest. A socket that a reload has
            // removed just before is not waited for.
            ServerStatus status = await server.GetStatusAsync(CancellationToken.None).ConfigureAwait(false);
            return ControlAnswer.Ok(status.State == ServerState.Stopped ? status : await stop.ConfigureAwait(false));
        }
    }

    private static ControlAnswer NoSession(string id) =>
        ControlAnswer.Fail(404, "SessionNotFound", $"there is no live session {id}; it may have ended");
}
