using System.Net;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The way that a connection would take, and why.</summary>
public sealed class MxRoute
{
    internal MxRoute(RunningServer? server, string? config, RouteExplanation told)
    {
        IReadOnlyList<ExitExplanation> leaves = told.Leaves;
        ExitExplanation? leaf = leaves.Count == 1 ? leaves[0] : null;
        Server = server?.Name;
        Socket = server?.Socket;
        Config = config;
        Destination = told.Destination.ToString();
        Network = told.Udp ? "udp" : "tcp";
        Inbound = told.Inbound;
        User = told.User;
        UserKnownBy = [.. told.UserKnownBy];
        UserGroups = [.. told.UserGroups];
        Client = told.Client;
        Addresses = [.. told.Addresses ?? []];
        Outcome = told.Outcome.ToString();
        Reason = told.Reason;
        Rule = told.Rule is { } rule ? new MxRouteRule(rule) : null;
        Path = [.. told.Path];
        Exit = leaf?.Name;
        PossibleExits = [.. leaves.Select(exit => exit.Name)];
        Proxy = leaf?.Server?.ToString();
        Source = told.Egress?.Source;
        Mark = told.Egress?.Mark;
        Table = told.Egress?.Table;
        Gateway = told.Egress?.Gateway;
        Interface = told.Egress?.Interface;
        Rules = [.. told.Rules.Select(item => new MxRouteRule(item))];
        Members = [.. MxRouteMember.Of(told.Exit)];
        Notes = [.. told.Notes];
        Explanation = [.. told.Explanation];
    }

    /// <summary>The server that was asked; null for a file.</summary>
    public string? Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The configuration file; null for a server.</summary>
    public string? Config { get; }

    /// <summary>Where the connection goes, host:port.</summary>
    public string Destination { get; }

    /// <summary>tcp or udp.</summary>
    public string Network { get; }

    /// <summary>The inbound it comes in through.</summary>
    public string Inbound { get; }

    /// <summary>The user; null where the inbound has none.</summary>
    public string? User { get; }

    /// <summary>How a client shows at the inbound that it is the user: password, token:ci, network:10.8.0.0/16; never the secret.</summary>
    public string[] UserKnownBy { get; }

    /// <summary>The groups that the user belongs to.</summary>
    public string[] UserGroups { get; }

    /// <summary>The client; null when it was not named.</summary>
    public IPAddress? Client { get; }

    /// <summary>What the destination's name resolves to, with -Resolve.</summary>
    public IPAddress[] Addresses { get; }

    /// <summary>Served, Refused, Unavailable or Undecided.</summary>
    public string Outcome { get; }

    /// <summary>The outcome in a sentence.</summary>
    public string Reason { get; }

    /// <summary>The rule that matches; null for the default.</summary>
    public MxRouteRule? Rule { get; }

    /// <summary>The names from the exit or group of the rule down to the exit, as far as they are certain.</summary>
    public string[] Path { get; }

    /// <summary>The exit; null when none can be used, or several may be.</summary>
    public string? Exit { get; }

    /// <summary>All exits it may go out by.</summary>
    public string[] PossibleExits { get; }

    /// <summary>The proxy or tunnel server that the exit goes through, host:port; null for one that goes straight out.</summary>
    public string? Proxy { get; }

    /// <summary>The address that the packets leave this host with; null for the system's choice.</summary>
    public string? Source { get; }

    /// <summary>The firewall mark of the packets; null for none.</summary>
    public int? Mark { get; }

    /// <summary>Their routing table; null for the system's own.</summary>
    public int? Table { get; }

    /// <summary>The gateway in that table.</summary>
    public IPAddress? Gateway { get; }

    /// <summary>The interface; null where the system's routes decide.</summary>
    public string? Interface { get; }

    /// <summary>The rules up to the one that matches.</summary>
    public MxRouteRule[] Rules { get; }

    /// <summary>The members of all groups on the way, with what becomes of each.</summary>
    public MxRouteMember[] Members { get; }

    /// <summary>What else there is to know.</summary>
    public string[] Notes { get; }

    /// <summary>All of it as lines of text.</summary>
    public string[] Explanation { get; }

    /// <summary>The form <c>destination: reason</c>.</summary>
    public override string ToString() => $"{Destination}: {Reason}";
}
