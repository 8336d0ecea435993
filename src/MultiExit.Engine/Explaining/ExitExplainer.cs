using System.Text.Json;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Members;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Explaining;

/// <summary>Asks an exit or group what it would do with a request, and adds what the configuration and the states say of each
/// exit.</summary>
/// <param name="config">The configuration.</param>
/// <param name="exits">Its exits.</param>
/// <param name="request">The request.</param>
/// <param name="names">What its destination's name resolves to; null when that was not looked up.</param>
/// <param name="clientKnown">Whether the request's client was given by the caller.</param>
/// <param name="members">Finds the exits that are members of groups at run time; null: no server is running.</param>
internal sealed class ExitExplainer(
    GatewayConfig config, ExitSet exits, RequestInfo request, NameResult? names, bool clientKnown, Func<string, LiveMember?>? members = null)
{
    private readonly IReadOnlyList<SnatExit> _snat = config.Snat.Enabled ? SnatLayout.Create(config, out _) : [];

    /// <summary>Explains the exit or group that a rule names.</summary>
    public ExitExplanation Explain(string name)
    {
        IExit exit = exits.Get(name);
        if (exits.States.Get(name).Disabled) return Outline(exit) with { Outcome = RouteOutcome.Unavailable, Reason = Attempt.Disabled(exit).Detail };
        if (exits.States.Get(name).Limit?.Reached is { } reached) return Outline(exit) with { Outcome = RouteOutcome.Refused, Reason = reached };
        return exit.Explain(new ExplainStep
        {
            Destination = request.Destination,
            Context = new DialContext
            {
                Request = request,
                Choice = request.Choice,
                PrivateDestinationsAllowed = request.PrivateDestinationsAllowed,
                ResolvedAddresses = names is { Succeeded: true } found ? found.Addresses : null,
            },
            Names = names,
            ClientKnown = clientKnown,
            Udp = request.Network == Network.Udp,
            Outline = Outline,
        });
    }

    private ExitExplanation Outline(IExit exit)
    {
        LiveMember? member = members?.Invoke(exit.Name);
        ExitConfig? settings = member?.Entry.Exit ?? config.Exits.FirstOrDefault(candidate => candidate.Name == exit.Name);
        GroupConfig? group = config.Groups.FirstOrDefault(candidate => candidate.Name == exit.Name);
        DirectExitConfig? direct = settings as DirectExitConfig;
        SnatExit? snat = _snat.FirstOrDefault(candidate => candidate.Name == exit.Name);
        return new ExitExplanation
        {
            Name = exit.Name,
            Type = group is not null ? (group.Pool is null ? "group" : "pool") : settings?.Type ?? exit.Name,
            Strategy = group is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(group.Strategy.ToString()),
            Health = exit.Group?.Health.State ?? exits.States.Get(exit.Name).Health.Status.State,
            Origin = member?.Origin,
            Expires = member?.Expires,
            Mark = snat?.Mark ?? direct?.Mark,
            Table = snat?.Table,
            Gateway = snat?.Gateway,
            Interface = snat?.Interface ?? direct?.Interface,
            SendProxy = settings is { ProxyHeader: var version and not SendProxy.None } ? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{version}") : null,
        };
    }
}
