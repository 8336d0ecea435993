using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.Control;

/// <summary>The end of the server's process, with another one in its place.</summary>
/// <param name="server">The server.</param>
/// <param name="takeover">Hands it over; null: this endpoint does not.</param>
internal sealed class TakeoverResource(IServerControl server, SwitchedConnection? takeover) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Post<ServerStatus>("/upgrade", "Starts the server's program again, which takes its place."),
        new("POST", "/takeover", ControlAccess.Write, "The connection over which another process of this program takes the server over (101)."),
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        if (request.Path is ["upgrade"]) return ControlAnswer.Ok(await server.UpgradeAsync(CancellationToken.None).ConfigureAwait(false));
        if (takeover is null) throw new ProxyException(ProxyError.TakeoverFailed, "a server is taken over by its control socket alone");
        return string.Equals(request.Field("Upgrade"u8), TakeoverClient.Protocol, StringComparison.OrdinalIgnoreCase)
            ? ControlAnswer.OfSwitch(TakeoverClient.Protocol, takeover)
            : ControlAnswer.Fail(426, "UpgradeRequired", "`multiexit run --takeover` asks for this; `POST /upgrade` starts it")
                with { Fields = [("Upgrade", TakeoverClient.Protocol)] };
    }
}
