using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The exits and groups.</summary>
internal sealed class ExitResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<ExitStatus>>("/exits", "The exits and groups."),
        ControlRoute.Get<ExitStatus>("/exits/{name}", "An exit or group."),
        ControlRoute.Post<CutAnswer>("/exits/{name}/enable", "Puts an exit into use again.") with { IsForBrowsers = true },
        ControlRoute.Post<CutAnswer>("/exits/{name}/disable", "Takes an exit out of use.") with
            { Body = typeof(DisableBody), IsBodyOptional = true, IsForBrowsers = true },
        ControlRoute.Post<ExitStatus>("/exits/{name}/weight", "Gives an exit another share of its groups.") with
            { Body = typeof(WeightBody), IsForBrowsers = true },
        ControlRoute.Post<ExitProbe>("/exits/{name}/probe", "Probes an exit now.") with
            { Body = typeof(ProbeBody), IsBodyOptional = true, IsForBrowsers = true },
    ];

    private static readonly string WeightForm = $"{{ \"weight\": {ExitConfig.MinWeight} to {ExitConfig.MaxWeight} }}";
    private static readonly TimeSpan LongestProbe = TimeSpan.FromMinutes(5);

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        switch (request.Path)
        {
            case ["exits"]:
                return ControlAnswer.Ok(await server.GetExitsAsync().ConfigureAwait(false));
            case ["exits", var name, ..] when await FindAsync(name).ConfigureAwait(false) is null:
                return ControlAnswer.Fail(404, "ExitNotFound", $"there is no exit or group named {name}");
            case ["exits", var name]:
                return ControlAnswer.Ok((await FindAsync(name).ConfigureAwait(false))!);
            case ["exits", var name, "enable"]:
                return ControlAnswer.Ok(new CutAnswer(await server.SetExitEnabledAsync(name, enabled: true).ConfigureAwait(false)));
            case ["exits", var name, "disable"]:
                bool cut = request.Parse<DisableBody>("{ \"cut_sessions\": true or false }").CutSessions;
                return ControlAnswer.Ok(new CutAnswer(await server.SetExitEnabledAsync(name, enabled: false, cut).ConfigureAwait(false)));
            case ["exits", var name, "weight"]:
                if (request.Parse<WeightBody>(WeightForm).Weight is not { } weight || weight is < ExitConfig.MinWeight or > ExitConfig.MaxWeight)
                    throw ControlRequest.Invalid(WeightForm);
                await server.SetExitWeightAsync(name, weight, request.Who, CancellationToken.None).ConfigureAwait(false);
                return ControlAnswer.Ok((await FindAsync(name).ConfigureAwait(false))!);
            default:
                ProbeBody probe = request.Parse<ProbeBody>("{ \"target\": a URL, \"timeout\": seconds, \"external_address\": true or false }, all optional");
                if (probe.Timeout <= TimeSpan.Zero || probe.Timeout > LongestProbe)
                    throw ControlRequest.Invalid("\"timeout\": seconds, more than 0, at most 300");
                return ControlAnswer.Ok(await server.ProbeExitAsync(request.Path[1], probe.Target, probe.Timeout, probe.ExternalAddress).ConfigureAwait(false));
        }
    }

    private async Task<ExitStatus?> FindAsync(string name)
    {
        if ((await server.GetExitsAsync().ConfigureAwait(false)).FirstOrDefault(exit => exit.Name == name) is { } configured) return configured;
        foreach (GroupStatus group in (await server.GetGroupsAsync().ConfigureAwait(false)).Where(group => group.Published + group.Listed > 0))
        {
            IReadOnlyList<ExitStatus> members = await server.GetMembersAsync(group.Name).ConfigureAwait(false);
            if (members.FirstOrDefault(member => member.Name == name) is { } found) return found;
        }
        return null;
    }
}
