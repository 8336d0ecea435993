using System.Management.Automation;
using System.Net;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Find-MxSession: the records of sessions that have ended, newest first.</summary>
[Cmdlet(VerbsCommon.Find, "MxSession")]
[OutputType(typeof(MxSession))]
public sealed class FindMxSessionCommand : ServerCommand
{
    private const string NotUnderstood = nameof(NotUnderstood);

    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>Address and port of the connection that left, or the address alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>When the session was alive.</summary>
    [Parameter]
    public DateTimeOffset? At { get; set; }

    /// <summary>How exact -At is.</summary>
    [Parameter]
    [Duration(Max = "3650d")]
    public TimeSpan Within { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The users.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? User { get; set; }

    /// <summary>The destinations, a host or host:port.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Destination { get; set; }

    /// <summary>The exits' names.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Exit { get; set; }

    /// <summary>How they ended.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(OutcomeCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Outcome { get; set; }

    /// <summary>Nothing that ended earlier.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Nothing that ended later.</summary>
    [Parameter]
    public DateTimeOffset? Until { get; set; }

    /// <summary>The newest ones of each server, this many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>The fleet whose nodes are meant, by the records that its store has.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Fleet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        RecordQuery query = ToQuery();
        NamePattern[] servers = Wanted(Server);
        if (Fleet is null) FindOnServers(servers, query);
        else FindInFleet(servers, Fleet, query);
    }

    // Any of its nodes can ask the store.
    private void FindInFleet(NamePattern[] servers, string fleet, RecordQuery query)
    {
        if (FindFleets([NamePattern.Literal(fleet)], servers) is not [(RunningServer server, _)]) return;
        int left = First ?? int.MaxValue;
        TryServer(server, () =>
        {
            for (RecordQuery? next = query; next is not null && left > 0;)
            {
                FleetRecordPage page = Await(token => server.Control.FindFleetRecordsAsync(next, token));
                foreach (FleetRecord record in page.Records)
                {
                    ServerOrigin origin = new(server.Name, server.Socket, record.Node);
                    if (IsWanted(record.Session) && left-- > 0) WriteObject(InView(new MxSession(origin, record.Session), "Fleet"));
                }
                next = page.Next is { } before ? query with { Before = before } : null;
            }
        });
    }

    private void FindOnServers(NamePattern[] servers, RecordQuery query)
    {
        RunningServer[] found = [.. Find(servers)];
        bool isAsked = found.Length > 0;
        // The first page of all at once; the others as far as they are read.
        AskServers(found, (server, token) => server.Control.FindRecordsAsync(query, token), (server, first) =>
        {
            int left = First ?? int.MaxValue;
            RecordPage page = first;
            for (RecordQuery? next = query; next is not null && left > 0;)
            {
                if (!ReferenceEquals(next, query)) page = Await(token => server.Control.FindRecordsAsync(next, token));
                foreach (SessionRecord session in page.Records)
                    if (IsWanted(session) && left-- > 0) WriteObject(InView(new MxSession(server, session), "Ended"));
                next = page.Next is { } before ? query with { Before = before } : null;
            }
        });
        if (isAsked || IsUnreachable || !servers.All(name => name.IsWildcard)) return;
        // Nothing found must not look like "nobody".
        WriteWarning(Socket is { Length: > 0 } ? "No control socket matches, so no records were searched."
            : "No server runs in this session, so no records were searched; -Socket asks those of other processes.");
    }

    // What is one name is searched for by the server; of several, or with wildcards, the server sends all.
    private RecordQuery ToQuery()
    {
        if (At is null && MyInvocation.BoundParameters.ContainsKey(nameof(Within))) Refuse(Within, "-Within says how exact -At is, which is not given.");
        IPEndPoint? source = null;
        if (Source is not null && !RecordQuery.TryParseSource(Source, out source))
            Refuse(Source, $"'{Source}' is no source; expected {RecordQuery.SourceExpected}.");
        SessionOutcome? outcome = null;
        if (Outcome is not null)
        {
            if (!RecordQuery.TryParseOutcome(Outcome, out SessionOutcome known))
                Refuse(Outcome, $"'{Outcome}' is no outcome; expected one of {string.Join(", ", RecordQuery.Outcomes)}.");
            outcome = known;
        }
        bool filtersHere = Patterns(User).Length + Patterns(Destination).Length + Patterns(Exit).Length > 0;
        return new RecordQuery
        {
            Source = source, At = At, Within = Within, Outcome = outcome, Since = Since, Until = Until,
            User = One(User), Destination = One(Destination), Exit = One(Exit),
            Limit = First is { } first && !filtersHere ? Math.Min(first, 1000) : 1000,
        };
    }

    private bool IsWanted(SessionRecord session)
    {
        NamePattern[] users = Patterns(User), destinations = Patterns(Destination), exits = Patterns(Exit);
        return Matches(users, session.User) && Matches(exits, session.Exit)
            && (Matches(destinations, session.Destination) || Matches(destinations, HostOf(session.Destination)));
    }

    private void Refuse(object? target, string message) =>
        ThrowTerminatingError(NewError(NotUnderstood, ErrorCategory.InvalidArgument, target, message));

    private static string? One(string[]? wanted) => wanted is [var one] && NamePattern.Typed(one) is { IsWildcard: false } name ? name.Unescaped : null;

    private static NamePattern[] Patterns(string[]? wanted) => One(wanted) is not null ? [] : [.. (wanted ?? []).Select(NamePattern.Typed)];

    private static string HostOf(string destination) => destination.LastIndexOf(':') is >= 0 and var colon ? destination[..colon] : destination;

    private static bool Matches(NamePattern[] wanted, string? value) => wanted is [] || (value is not null && wanted.Any(name => name.IsMatch(value)));
}
