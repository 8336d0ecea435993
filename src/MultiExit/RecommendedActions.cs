using System.Collections.Frozen;

namespace MultiExit;

/// <summary>What helps against each kind of error: <c>$_.ErrorDetails.RecommendedAction</c>, which the shell shows below the message.</summary>
internal static class RecommendedActions
{
    private static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["InvalidConfiguration"] = "Mend the places that it names; `Test-MxConfig FILE` shows all of them, and $_.Exception.ConfigErrors has them as objects.",
        ["AddressInUse"] = "Choose another port, or stop the program that has it; `Test-MxServer -Config FILE` names that.",
        ["AddressNotAvailable"] = "Add the address to an interface of this host, or let `snat` put it into the packets.",
        ["PermissionDenied"] = "Run it as root, or give it the capability; `Test-MxServer -Config FILE` says which one is missing.",
        ["CertificateUnreadable"] = "Check that both files are there, can be read by the server's user, and belong together; `New-MxCertificate` makes a pair.",
        ["MissingLibrary"] = "Install the package that the message names, and start again.",
        ["Provisioning"] = "Run it as root, with iproute2 and nftables installed; `Test-MxSnat` and `Test-MxRedirect` show what differs.",
        ["ServerExists"] = "Stop that one with `Stop-MxServer`, or give this one another `-Name`.",
        ["StoppedByWarning"] = "Mend what the warning says, or start without `-WarningAction Stop`.",
        ["InvalidName"] = "Use letters, digits, and . _ - between them.",
        ["ServerNotFound"] = "`Get-MxServer` lists the servers of this session, and with `-Socket` those of other processes.",
        ["ServerAmbiguous"] = "Give the whole name of one of them, or `-Socket` with its path.",
        ["ServerState"] = "Wait until what is under way has ended (`Get-MxServer`), then do it again.",
        ["ControlUnreachable"] = "Check that the server runs, that its configuration has `control`, and that you may open the socket.",
        ["ExitNotFound"] = "`Get-MxExit` and `Get-MxGroup` list the names.",
        ["InboundNotFound"] = "`(Get-MxServer).Listeners` lists the inbounds of a server.",
        ["UserNotFound"] = "`Get-MxUser` lists the users.",
        ["UserExists"] = "Change that one with `Set-MxUser`, or choose another name.",
        ["UserIsShared"] = "Leave `-Inbound` out: then the user is changed on all of them.",
        ["ServiceNotFound"] = "`Get-MxService` lists the services.",
        ["SessionNotFound"] = "`Get-MxSession` lists those that live; those that have ended are in `Find-MxSession`.",
        ["GroupNotFound"] = "`Get-MxGroup` lists the groups.",
        ["GroupNotUpdated"] = "Check that the source can be reached from this host; the server tries again by itself.",
        ["GroupHasNoList"] = "Only groups with `members` have one (docs/configuration.md).",
        ["MemberNotFound"] = "`Get-MxGroup` shows the published exits of each group.",
        ["RuleSetNotFound"] = "`Get-MxRuleSet` lists the rule sets.",
        ["RuleSetNotUpdated"] = "Check that the source can be reached from this host; the server tries again by itself.",
        ["NodeNotFound"] = "`Get-MxNode` lists the nodes, and `(Get-MxServer).Fleet` says whether the store answers.",
        ["NoFleet"] = "Add `fleet` to the configuration (docs/fleet.md).",
        ["StoreUnreachable"] = "Check that the store runs, that this host reaches it, and that the role may do this (docs/fleet.md).",
        ["StoreSchema"] = "Make the tables with `Initialize-MxStore`, or use a program as new as they are.",
        ["MetricNotFound"] = "`Get-MxMetric` lists the metrics.",
        ["EventTypeNotFound"] = "docs/events.md has the types; completion offers them.",
        ["VersionNotFound"] = "`Get-MxConfigVersion` lists the versions.",
        ["NoConfigFile"] = "Say `-Config FILE`.",
        ["ConfigUnconfirmed"] = "Confirm the change with `Confirm-MxConfig`, or let it be rolled back.",
        ["NoHistory"] = "Add `history` to the configuration and load it again.",
        ["NothingToSet"] = "Give one of the parameters that change something (`Get-Help` has them).",
        ["ValueNotValid"] = "Give a text, a number, a truth value, or a list or table of them.",
        ["PasswordMissing"] = "Give `-Password`, or `-PasswordHash` with the result of `New-MxPasswordHash`.",
        ["ProbeFailed"] = "The configuration is the one of before; `Test-MxRoute` shows which way the destination would take.",
        ["ProbeNotValid"] = "Write it host:port, as in example.com:443.",
        ["NotUnderstood"] = "`Get-Help` of the cmdlet has the forms and examples.",
        ["InvalidDestination"] = "Write it host:port, as in example.com:443 or [2001:db8::1]:443.",
        ["NothingGiven"] = "Give the parameter a value, or leave it out.",
        ["PublicNameInvalid"] = "Give a host name, as in www.example.com, without a scheme or port.",
        ["PathNotFound"] = "Check the path; it is relative to $PWD.",
        ["PathNotFolder"] = "Give the path of a folder that is there.",
        ["NotAFile"] = "Give a path of the file system.",
        ["FileExists"] = "Choose another path, or say `-Force` to replace the file.",
        ["FileGivenTwice"] = "Give each of them a path of its own.",
        ["FileNotRead"] = "Check that the file is there and that you may read it.",
        ["HashNotMade"] = "Choose other parameters within the ranges that the message names.",
        ["FileNotWritten"] = "Check that the folder is there, that you may write into it, and that the disk has room.",
        ["NoUrl"] = "Write the exit as keys in the configuration: it has what no URL can say.",
        ["UrlTooLong"] = "Leave `-QrCode` out and copy the URL.",
        ["NameNotFound"] = "Check the name, and which resolver is asked (`-Doh`).",
        ["NoHttpsRecord"] = "Publish an HTTPS record for the name, or give the configs by `ech.config`.",
        ["NoEchParameter"] = "Publish the configs in the record's ech parameter; `New-MxEchKey` makes them.",
        ["EchConfigInvalid"] = "Publish the configs as `New-MxEchKey` prints them, in one line of base64.",
        ["EchRecordExpired"] = "Check that the resolver can be reached.",
        ["DohUnreachable"] = "Check the resolver's URL and whether this host may reach it.",
        ["DohAnswerInvalid"] = "Check that the URL is that of a resolver for DNS over HTTPS (RFC 8484), or choose another.",
        ["TakeoverFailed"] = "Read what the new process says (journal, or standard error of the old one), mend it and do it again: nothing has changed.",
        ["MemberRefused"] = "Give the group `publish`, a larger `publish.max`, or the exit another name.",
        ["Overloaded"] = "Do it again a little later.",
        ["BackEndUnavailable"] = "Check that the directory or service of `auth` can be reached from the server.",
        ["AccessRefused"] = "Check the credentials, the networks that are allowed, and whether the client is locked out (`Unlock-MxClient`).",
        ["ProtocolViolation"] = "Check that the other side speaks the protocol that is configured, with TLS on both sides or on neither.",
        ["Unexpected"] = "Keep the message and what was done; `Export-MxDiagnostic` gathers what a report needs.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The ids that have one.</summary>
    public static IEnumerable<string> Ids => Table.Keys;

    /// <summary>What helps against an error of that id; null where nothing is known.</summary>
    public static string? Of(string id) => Table.GetValueOrDefault(id);
}
