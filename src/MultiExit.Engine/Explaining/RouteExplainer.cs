using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Members;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Routing.Conditions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Explaining;

/// <summary>Follows a request through the rules and groups of a configuration as the dispatcher would.</summary>
/// <param name="config">The configuration.</param>
/// <param name="exits">Its exits.</param>
/// <param name="resolver">Looks names up, where that is asked for.</param>
/// <param name="time">The clock.</param>
/// <param name="refusal">Why a running server turns a request away now: a lockout, a quota; what would and only reports is added to the
/// notes. Null: no server is running.</param>
internal sealed class RouteExplainer(
    GatewayConfig config, ExitSet exits, INameResolver resolver, TimeProvider time, Func<RequestInfo, List<string>, string?>? refusal = null)
{
    /// <summary>What conditions look at beside the request.</summary>
    public ConditionParts Parts { get; init; } = new(time);

    /// <summary>Finds the exits that are members of groups at run time; null: no server is running.</summary>
    public Func<string, LiveMember?>? Members { get; init; }

    /// <summary>What is known of a user that a back-end has let in, by its account; null: nothing.</summary>
    public Func<string, KnownUser?> KnownUser { get; init; } = static _ => null;

    /// <summary>Explains.</summary>
    /// <exception cref="ProxyException">The inbound is unknown, or none is named and there are several.</exception>
    public async Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken)
    {
        InboundConfig inbound = FindInbound(query.Inbound);
        List<string> notes = [];
        RequestInfo request = RequestOf(query, inbound, notes);
        NameResult? names = await LookUpAsync(query, cancellationToken).ConfigureAwait(false);
        List<RuleExplanation> rules = [];
        RouteConfig? rule = Follow(MatchOf(query, request, inbound, names), rules);
        ExitExplanation exit = new ExitExplainer(config, exits, request, names, query.Client is not null, Members)
            .Explain(rule?.ExitOf(config.Default) ?? (request.PinnedExit is { } pinned && exits.TryGet(pinned, out _) ? pinned : config.Default));
        RuleExplanation? undecided = rules.Find(candidate => candidate.Verdict == RuleVerdict.Undecided);
        (RouteOutcome outcome, string reason) = Refusal(query, request, inbound, names, notes) is { } refused ? (RouteOutcome.Refused, refused)
            : undecided is null && request.Choice is { } choice && exit.Outcome != RouteOutcome.Refused
                && ExitChoices.Refusal(choice, exits.Get(exit.Name)) is { } unwanted ? (RouteOutcome.Refused, unwanted)
            : undecided is not null ? (RouteOutcome.Undecided, $"rule {undecided.Number} is undecided: {undecided.Reason}")
            : (exit.Outcome, ReasonOf(exit));
        ChoiceText.Add(notes, request, exits.Get(exit.Name));
        UserConfig? account = inbound.Users.FirstOrDefault(user => user.Name == request.User);
        return new RouteExplanation
        {
            Destination = query.Destination, Inbound = inbound.Name, User = request.User,
            UserKnownBy = account is not null ? [.. inbound.WaysIn(account)] : KnownOf(inbound, request.User) is { } known ? [known.Login] : [],
            UserGroups = request.Groups, Client = query.Client, Udp = query.Udp,
            Outcome = outcome, Reason = reason, Addresses = names?.Addresses, Rules = rules, Rule = rule is null ? null : rules[^1], Exit = exit, Notes = notes,
        };
    }

    private InboundConfig FindInbound(string? name)
    {
        string Names() => string.Join(", ", config.Inbounds.Select(inbound => inbound.Name));
        if (name is not null)
        {
            return config.Inbounds.FirstOrDefault(inbound => inbound.Name == name)
                ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no inbound named {name}; expected one of {Names()}");
        }
        return config.Inbounds is [InboundConfig only]
            ? only
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"there are several inbounds; name one of {Names()}");
    }

    private RequestInfo RequestOf(RouteQuery query, InboundConfig inbound, List<string> notes)
    {
        (string? user, NameChoice? choice) = query.User is { } name ? NameReader.Read(name, config.NameParameters) : (null, null);
        if (user is null && query.Client is { } address && new UserDirectory(inbound.Users, time).ByNetwork(address).Identity is { } near
            && inbound.Takes("network:"))
        {
            user = near.Name;
            notes.Add($"a client at {address} that does not log in is the user {user}: it is in a network of the user");
        }
        if (inbound.HasNoUsers)
        {
            if (user is not null) notes.Add($"clients of {inbound.Name} do not log in: the user {user} does not count");
            (user, choice) = (null, null);
        }
        else if (user is null)
        {
            notes.Add($"clients of {inbound.Name} have to log in; without a user, rules on users are undecided");
        }
        KnownUser? known = KnownOf(inbound, user);
        if (IsOfBackEnd(inbound, user)) notes.Add(NoteOf(inbound.Auth!, user!, known));
        if (inbound.Tls?.Clients is { Required: true } clients)
            notes.Add($"clients of {inbound.Name} have to show a certificate of the CAs in {clients.CaFile}; whether one is valid is not looked at here");
        return new RequestInfo
        {
            Inbound = inbound.Name, User = user,
            Account = IsOfBackEnd(inbound, user) ? UserAccount.Of(inbound.Auth!.Name, user!) : null,
            Groups = inbound.Users.FirstOrDefault(account => account.Name == user)?.Groups ?? known?.User.Groups ?? [], PinnedExit = known?.User.Exit,
            Session = choice?.Session, Choice = choice,
            Client = new IPEndPoint(query.Client ?? IPAddress.Any, 0),
            Local = query.Local is { } local ? new IPEndPoint(local, inbound.Listen.Port) : inbound.Listen,
            Destination = query.Destination, Network = query.Udp ? Network.Udp : Network.Tcp,
            PrivateDestinationsAllowed = inbound.AllowsPrivateDestinations,
        };
    }

    private async Task<NameResult?> LookUpAsync(RouteQuery query, CancellationToken cancellationToken)
    {
        if (!query.ResolveNames || !query.Destination.IsDomain) return null;
        using Deadline deadline = new DeadlinePool(time).Start(config.Limits.ConnectTimeout, cancellationToken);
        try
        {
            return await resolver.ResolveAsync(query.Destination.Host, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NameResult.Failed($"no answer within {DurationText.Seconds(config.Limits.ConnectTimeout)}");
        }
    }

    private RouteMatch MatchOf(RouteQuery query, RequestInfo request, InboundConfig inbound, NameResult? names) => new(request,
        (request.User is null && !inbound.HasNoUsers ? Unknowns.User : Unknowns.None)
        | (IsOfBackEnd(inbound, request.User) && KnownOf(inbound, request.User) is null ? Unknowns.Groups : Unknowns.None)
        | (query.Client is null ? Unknowns.Client : Unknowns.None)
        | (InboundAddress.IsKnown(request.Local.Address) ? Unknowns.None : Unknowns.Local))
    {
        Addresses = names is { Succeeded: true } found ? found.Addresses : null,
        NoAddresses = names is { Succeeded: false } failed ? failed.Failure : null,
    };

    // The first rule that matches for certain; null for the default.
    private RouteConfig? Follow(RouteMatch match, List<RuleExplanation> rules)
    {
        for (int i = 0; i < config.Routes.Count; i++)
        {
            RouteConfig route = config.Routes[i];
            RuleExplanation told = RuleText.Explain(route, i, new Rule(route, i, exits.Get(route.ExitOf(config.Default)), Parts), match);
            rules.Add(told);
            if (told.Verdict == RuleVerdict.Matches) return route;
        }
        return null;
    }

    private string? Refusal(RouteQuery query, RequestInfo request, InboundConfig inbound, NameResult? names, List<string> notes)
    {
        // In the order in which a client's request passes them.
        if (inbound.Allow is { Count: > 0 } networks && query.Client is { } client && !new AddressPrefixSet(networks).Contains(client))
            return $"{client} is not in `allow` of {inbound.Name}: such a client is not let in";
        bool ofBackEnd = IsOfBackEnd(inbound, request.User);
        if (request.User is { } user && !ofBackEnd && !inbound.Users.Any(account => account.Name == user))
            return $"{inbound.Name} has no user {user}: such a login fails";
        if (request.User is not null && StateOf(inbound, request.User) is { } ended) return ended;
        if (request.User is { } shown && !ofBackEnd && !inbound.WaysIn(inbound.Users.First(account => account.Name == shown)).Any())
            return $"the user {shown} has nothing that a {inbound.Type} inbound asks for: such a login fails";
        if (refusal?.Invoke(request, notes) is { } turnedAway) return turnedAway;
        if (request.Choice?.Problem is { } problem) return problem;
        if (inbound.OnlyTarget is { } only && only != request.Destination) return $"{inbound.Name} leads to {only} only";
        if (request.Network == Network.Udp && !inbound.CarriesUdp) return $"{inbound.Name} takes no UDP";
        if (request.Network == Network.Tcp && !inbound.CarriesTcp) return $"{inbound.Name} takes no TCP";
        UserPolicy? policy = new UserPolicies(config).Of(request);
        if (policy is not null && (names is not null || !policy.NeedsAddresses(request.Destination))
            && policy.Refusal(request.Destination, names is { Succeeded: true } found ? found.Addresses : null) is { } forbidden) return forbidden;
        return PrivateDestinations.Refuses(request) ? PrivateDestinations.Refusal : null;
    }

    // A name of the configuration is never asked about elsewhere, also where it may not log in.
    private bool IsOfBackEnd(InboundConfig inbound, string? user) =>
        user is not null && inbound.Auth is not null && !UserDirectories.NamesIn(config).Contains(user);

    private KnownUser? KnownOf(InboundConfig inbound, string? user) =>
        IsOfBackEnd(inbound, user) ? KnownUser(UserAccount.Of(inbound.Auth!.Name, user!)) : null;

    private static string NoteOf(AuthConfig auth, string user, KnownUser? known)
    {
        string asked = $"{user} is no user of the configuration; the back-end {auth.Name} ({auth.Type}) is asked when it logs in, and not here";
        if (known is null) return $"{asked}: whether it is let in, and its groups, limits and exit, are not known";
        return string.Create(CultureInfo.InvariantCulture,
            $"{asked}. It came in last at {known.LastLogin.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, and what counts here is the answer of then")
            + (known.User.Exit is { } exit ? $": where no rule matches, the exit {exit} in place of the default" : "");
    }

    private string? StateOf(InboundConfig inbound, string name) => new UserDirectory(inbound.Users, time).StateOf(name) switch
    {
        LoginOutcome.Disabled => $"the user {name} is disabled: such a login fails",
        LoginOutcome.Expired => $"the user {name} has expired: such a login fails",
        _ => null,
    };

    private static string ReasonOf(ExitExplanation exit)
    {
        if (exit.Reason is not null) return exit.Reason;
        ExitExplanation[] leaves = [.. exit.Leaves];
        string path = string.Join(" > ", exit.Path);
        return leaves.Length == 1 ? $"{path}: {ExplanationText.Describe(leaves[0])}" : $"{path}: any of {string.Join(", ", leaves.Select(leaf => leaf.Name))}";
    }
}
