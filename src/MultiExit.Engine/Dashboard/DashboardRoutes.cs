using System.Globalization;
using System.Net;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Dashboard;

/// <summary>What the dashboard's listener answers: the page, logins, and beneath <c>/api</c> the control API as far as the visitor may use it.</summary>
/// <param name="server">The server.</param>
/// <param name="guard">The failed logins of the server.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class DashboardRoutes(IServerControl server, LoginGuard guard, EngineLog log, TimeProvider time) : IEndpointRoutes
{
    private const string Name = "dashboard";
    private const int MaxLogin = 16 * 1024;

    private readonly ControlRoutes _api = ControlRoutes.OfServer(server, log, time);
    private readonly DashboardSessions _sessions = new(time);
    private readonly LoginGate _gate = new(time);

    // One of its own: a flood of logins at the inbounds does not keep the operator out.
    private readonly PasswordVerifier _passwords = new(time);
    private volatile DashboardAccess? _access;

    /// <summary>Puts a configuration in force; sessions whose user or secret it does not have any more are over.</summary>
    public void Use(DashboardAccess access) => _access = access;

    /// <summary>Speaks TLS on a connection, where the configuration says so.</summary>
    public ValueTask<DuplexStream> OpenAsync(DuplexStream accepted, CancellationToken cancellationToken) =>
        _access?.Tls is { } tls ? tls.AcceptAsync(accepted, cancellationToken) : ValueTask.FromResult(accepted);

    public int MaxBody(ControlRequest request) => request.Path is ["api", ..] ? IControlResource.UsualMaxBody : MaxLogin;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        ControlAnswer answer = await FindAsync(request, _access!).ConfigureAwait(false);
        return answer with { Fields = [.. DashboardPage.Fields, .. answer.Fields] };
    }

    private async Task<ControlAnswer> FindAsync(ControlRequest request, DashboardAccess access)
    {
        if (!access.IsFor(request))
        {
            return ControlAnswer.Fail(421, "WrongHost",
                "the dashboard is not known by this name; ask for its address or for localhost, or list the name in `dashboard.hosts`");
        }
        if (DashboardPage.Find(request.Path) is { } file) return request.IsRead ? file : NotAllowed("GET, HEAD");
        if (!access.IsFromHere(request)) return ControlAnswer.Fail(403, "OtherSite", "the request comes from a page of another site");
        switch (request.Path)
        {
            case ["session"]:
                return request.IsRead ? Describe(access, VisitorOf(request, access)) : NotAllowed("GET, HEAD");
            case ["login"]:
                return request.Method == "POST" ? await LogInAsync(request, access).ConfigureAwait(false) : NotAllowed("POST");
            case ["logout"]:
                return request.Method == "POST" ? LogOut(request, access) : NotAllowed("POST");
            case ["api", ..]:
                return await CallAsync(request, access).ConfigureAwait(false);
            default:
                return ControlAnswer.Fail(404, "NotFound", "there is no such page; there are /, /session, /login, /logout and /api/...");
        }
    }

    private async Task<ControlAnswer> LogInAsync(ControlRequest request, DashboardAccess access)
    {
        IPEndPoint client = ClientOf(request);
        if (Refusal(client) is { } refusal) return refusal;
        LoginBody body;
        try
        {
            body = request.Parse<LoginBody>(LoginBody.Form);
        }
        catch (FormatException exception)
        {
            return ControlAnswer.Fail(400, "InvalidRequest", exception.Message);
        }
        DashboardVisitor? visitor;
        try
        {
            visitor = await VisitorOfAsync(body, access, client.Address, request.Closing).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.Overloaded)
        {
            return ControlAnswer.Fail(503, "TooManyLogins", exception.Message) with { Fields = [("Retry-After", "5")] };
        }
        if (visitor is null) return Failed(client, body.Name, "the name, password or token is wrong");
        log.DashboardLogin(visitor.Name, visitor.IsOperator ? "operator" : "reader", client);
        string cookie = $"{CookieOf(request, access)}={_sessions.Begin(visitor)}";
        return Describe(access, visitor) with { Fields = [Cookie(cookie, access)] };
    }

    private async ValueTask<DashboardVisitor?> VisitorOfAsync(
        LoginBody body, DashboardAccess access, IPAddress client, CancellationToken cancellationToken) => body switch
    {
        { Token: { } token, Name: null, Password: null } => access.Accounts.ByToken(token),
        { Token: null, Name: { } name, Password: { } password } =>
            await access.Accounts.ByPasswordAsync(name, password, _passwords, client, cancellationToken).ConfigureAwait(false),
        _ => null,
    };

    private ControlAnswer LogOut(ControlRequest request, DashboardAccess access)
    {
        if (!HasMark(request)) return Unmarked;
        if (SessionOf(request, access) is { } id && _sessions.End(id) is { } visitor) log.DashboardLogout(visitor.Name);
        return ControlAnswer.NoContent with { Fields = [Cookie($"{CookieOf(request, access)}=; Max-Age=0", access)] };
    }

    private async Task<ControlAnswer> CallAsync(ControlRequest request, DashboardAccess access)
    {
        string? bearer = BearerOf(request);
        if (bearer is not null && Refusal(ClientOf(request)) is { } refusal) return refusal;
        DashboardVisitor? visitor = bearer is null ? VisitorOf(request, access) : access.Accounts.ByToken(bearer);
        if (visitor is null && bearer is not null) return Failed(ClientOf(request), null, "the token is wrong");
        if (visitor is null) return Unauthorized("log in first: POST /login, or the field `Authorization: Bearer TOKEN`");
        ControlRequest inner = new(request.Method, DashboardApi.TargetOf(request), request.KeepAlive, visitor.Name)
        {
            Body = request.Body, Head = request.Head, Client = request.Client, Local = request.Local, Closing = request.Closing, Over = Name,
            IsOfReader = !visitor.IsOperator,
        };
        if (!inner.IsRead)
        {
            // No page of another site can send the mark, nor the token.
            if (bearer is null && !HasMark(request)) return Unmarked;
            if (visitor.IsOperator && _api.Find(inner)?.IsForBrowsers != true)
                return ControlAnswer.Fail(403, "NotFromHere", "this is not done from the dashboard; use the cmdlets, the command line or the control socket");
        }
        ControlAnswer answer = await _api.AnswerAsync(inner).ConfigureAwait(false);
        if (answer.Next is { } next) answer = answer with { Next = "/api" + next };
        return answer.Stream is { } stream ? ControlAnswer.OfStream(answer.ContentType!, Guarded(stream, request, bearer is null ? null : visitor)) : answer;
    }

    // What is streamed ends with the session, and keeps it from being idle; for whoever came by the token, with the token.
    private AnswerStream Guarded(AnswerStream stream, ControlRequest request, DashboardVisitor? byToken) => (write, cancellationToken) => stream(
        part => _access is { } now && (byToken is null ? VisitorOf(request, now) : now.Accounts.Again(byToken)) is not null
            ? write(part) : throw new OperationCanceledException("the session is over"),
        cancellationToken);

    private ControlAnswer Describe(DashboardAccess access, DashboardVisitor? visitor)
    {
        (bool token, bool users) = access.Accounts.Ways;
        return ControlAnswer.Ok(new SessionAnswer(visitor?.Name, visitor?.Role, token, users, time.GetUtcNow()));
    }

    private DashboardVisitor? VisitorOf(ControlRequest request, DashboardAccess access) =>
        SessionOf(request, access) is { } id && _sessions.Find(id) is { } visitor ? access.Accounts.Again(visitor) : null;

    // Null where the client may try.
    private ControlAnswer? Refusal(IPEndPoint client)
    {
        TimeSpan wait = _gate.WaitOf(client.Address);
        if (guard.IsLocked(client.Address) && wait < TimeSpan.FromMinutes(1)) wait = TimeSpan.FromMinutes(1);
        if (wait <= TimeSpan.Zero) return null;
        int seconds = (int)Math.Ceiling(wait.TotalSeconds);
        return ControlAnswer.Fail(429, "TooManyFailures", $"too many failed logins; try again in {seconds} s")
            with { Fields = [("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))] };
    }

    private ControlAnswer Failed(IPEndPoint client, string? user, string message)
    {
        _gate.Failed(client.Address);
        guard.Failed(Name, client, user);
        return Unauthorized(message);
    }

    // What is no TCP connection has no address, and all of that is one client.
    private static IPEndPoint ClientOf(ControlRequest request) => request.Client ?? new IPEndPoint(IPAddress.None, 0);

    private static ControlAnswer Unauthorized(string message) =>
        ControlAnswer.Fail(401, "LoginNeeded", message) with { Fields = [("WWW-Authenticate", "Bearer")] };

    private static ControlAnswer NotAllowed(string methods) =>
        ControlAnswer.Fail(405, "MethodNotAllowed", $"this takes {methods}") with { Allow = methods };

    private static ControlAnswer Unmarked => ControlAnswer.Fail(403, "MarkNeeded", "a change needs the field `X-MultiExit: 1`, which no other site can send");

    private static bool HasMark(ControlRequest request) => request.Field("X-MultiExit"u8) == "1";

    private static string? BearerOf(ControlRequest request) =>
        request.Field("Authorization"u8) is { } field && field.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? field[7..].Trim() : null;

    private static string? SessionOf(ControlRequest request, DashboardAccess access)
    {
        string name = CookieOf(request, access) + "=";
        string? found = request.Field("Cookie"u8)?.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(cookie => cookie.StartsWith(name, StringComparison.Ordinal));
        return found?[name.Length..];
    }

    // Cookies are shared by all ports of a host, so that two servers would take each other's.
    private static string CookieOf(ControlRequest request, DashboardAccess access) =>
        string.Create(CultureInfo.InvariantCulture, $"{(access.Tls is null ? "" : "__Host-")}multiexit_{request.Local?.Port}");

    private static (string Name, string Value) Cookie(string pair, DashboardAccess access) =>
        ("Set-Cookie", $"{pair}; Path=/; HttpOnly; SameSite=Strict{(access.Tls is null ? "" : "; Secure")}");
}
