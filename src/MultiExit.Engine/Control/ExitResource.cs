using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The exits and groups.</summary>
internal sealed class ExitResource(GatewayServer server) : IControlResource
{
    private static readonly string WeightForm = $"{{ \"weight\": {ExitConfig.MinWeight} to {ExitConfig.MaxWeight} }}";
    private static readonly TimeSpan LongestProbe = TimeSpan.FromMinutes(5);

    public string Paths => "/exits, /exits/{name}, /exits/{name}/enable, disable, weight or probe";

    public string? Methods(string[] path) => path switch
    {
        ["exits"] or ["exits", _] => "GET, HEAD",
        ["exits", _, "enable" or "disable" or "weight" or "probe"] => "POST",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        switch (request.Path)
        {
            case ["exits"]:
                return ControlAnswer.Ok(server.GetExits());
            case ["exits", var name, ..] when Find(name) is null:
                return ControlAnswer.Fail(404, "ExitNotFound", $"there is no exit or group named {name}");
            case ["exits", var name]:
                return ControlAnswer.Ok(Find(name)!);
            case ["exits", var name, "enable"]:
                return ControlAnswer.Ok(new CutAnswer(server.SetExitEnabled(name, enabled: true)));
            case ["exits", var name, "disable"]:
                bool cut = request.Parse<DisableBody>("{ \"cut_sessions\": true or false }").CutSessions;
                return ControlAnswer.Ok(new CutAnswer(server.SetExitEnabled(name, enabled: false, cut)));
            case ["exits", var name, "weight"]:
                if (request.Parse<WeightBody>(WeightForm).Weight is not { } weight || weight is < ExitConfig.MinWeight or > ExitConfig.MaxWeight)
                    throw ControlRequest.Invalid(WeightForm);
                await server.ChangeExitWeightAsync(name, weight, request.Who, CancellationToken.None).ConfigureAwait(false);
                return ControlAnswer.Ok(Find(name)!);
            default:
                ProbeBody probe = request.Parse<ProbeBody>("{ \"target\": a URL, \"timeout\": seconds }, both optional");
                if (probe.Timeout <= TimeSpan.Zero || probe.Timeout > LongestProbe) throw ControlRequest.Invalid("\"timeout\": seconds, more than 0, at most 300");
                return ControlAnswer.Ok(await server.ProbeExitAsync(request.Path[1], probe.Target, probe.Timeout).ConfigureAwait(false));
        }
    }

    private ExitStatus? Find(string name) => server.GetExits().FirstOrDefault(exit => exit.Name == name);
}
