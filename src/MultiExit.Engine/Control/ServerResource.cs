using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The server, its sessions, users and clients.</summary>
internal sealed class ServerResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<ServerStatus>("/server", "The state, listeners, counters and warnings of the server."),
        ControlRoute.Get<IReadOnlyList<PreflightResult>>("/preflight", "Whether the host has what the configuration in force needs."),
        ControlRoute.Get<IReadOnlyList<SessionRecord>>("/sessions", "The live sessions, oldest first.",
            new(Match, "A text that client, user, inbound, protocol, destination, exit, group or source contain."), new(Limit, "So many, the newest first.")),
        ControlRoute.Get<SessionRecord>("/sessions/{id}", "A live session."),
        new("DELETE", "/sessions/{id}", ControlAccess.Write, "Ends a session at once.") { IsForBrowsers = true },
        ControlRoute.Get<IReadOnlyList<UserStatus>>("/users", "The users of the configuration and those who have had sessions."),
        ControlRoute.Get<IReadOnlyList<LockedClient>>("/locked", "The clients that are locked out, and until when."),
        ControlRoute.Post<IReadOnlyList<LockedClient>>("/unlock", "Lets a client in again, or all.") with
            { Body = typeof(UnlockBody), IsBodyOptional = true, IsForBrowsers = true },
        ControlRoute.Post<CutAnswer>("/cut", "Ends the sessions and carriers of a user.") with { Body = typeof(CutBody) },
        ControlRoute.Post<ServerStatus>("/stop", "Stops the server; answered once it has ended.") with { Body = typeof(StopBody), IsBodyOptional = true },
    ];

    private const string Match = "match";
    private const string Limit = "limit";
    private const string CutExpected = "{ \"user\": the name of a user }";

    public IReadOnlyList<ControlRoute> Routes => Table;

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
