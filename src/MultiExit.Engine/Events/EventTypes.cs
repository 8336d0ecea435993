using System.Collections.Frozen;

namespace MultiExit.Engine.Events;

/// <summary>Which messages of the log are events. The log says each thing once, and events are those of it that matter at once.</summary>
internal static class EventTypes
{
    /// <summary>The parts of messages that say what an event is about, of which the first one that a message has counts.</summary>
    private static readonly string[] Subjects = ["Exit", "Client", "User", "BackEnd", "Path", "Place", "Inbound", "Set", "Group", "Text"];

    // Types of one matter stand together: of those of one matter and subject the last one is true. Those without come from operators, and all are
    // told.
    private static readonly FrozenDictionary<string, (string Type, string? Matter)> Table = new Dictionary<string, (string, string?)>(StringComparer.Ordinal)
    {
        ["MX1000"] = ("server-started", null),
        ["MX1005"] = ("server-stopping", null),
        ["MX1003"] = ("config-applied", null),
        ["MX1004"] = ("config-refused", null),
        ["MX1030"] = ("config-unconfirmed", null),
        ["MX1031"] = ("config-confirmed", null),
        ["MX1032"] = ("config-rolled-back", null),
        ["MX3002"] = ("exit-down", "exit"),
        ["MX3003"] = ("exit-up", "exit"),
        ["MX1008"] = ("exit-shut", "snat"),
        ["MX1009"] = ("exit-opened", "snat"),
        ["MX3007"] = ("carriers-lost", "carriers"),
        ["MX3008"] = ("carriers-back", "carriers"),
        ["MX2011"] = ("lockout", "lockout"),
        ["MX2012"] = ("quota-reached", "quota"),
        ["MX1010"] = ("certificate", "certificate"),
        ["MX1085"] = ("certificate", "certificate"),
        ["MX1061"] = ("descriptors-low", "descriptors"),
        ["MX1062"] = ("descriptors-free", "descriptors"),
        ["MX1064"] = ("memory-low", "memory"),
        ["MX1050"] = ("log-lost", "store"),
        ["MX2013"] = ("store-lost", "store"),
        ["MX1020"] = ("store-lost", "store"),
        ["MX1033"] = ("store-lost", "store"),
        ["MX1070"] = ("store-lost", "store"),
        ["MX1077"] = ("store-lost", "store"),
        ["MX1021"] = ("store-back", "store"),
        ["MX1071"] = ("records-dropped", "records"),
        ["MX1072"] = ("store-damaged", "damage"),
        ["MX1078"] = ("store-damaged", "damage"),
        ["MX1019"] = ("store-damaged", "damage"),
        ["MX1043"] = ("control-lost", "control"),
        ["MX3011"] = ("auth-lost", "auth"),
        ["MX3012"] = ("auth-back", "auth"),
        ["MX1101"] = ("set-stale", "set"),
        ["MX1102"] = ("set-current", "set"),
        ["MX1104"] = ("store-lost", "store"),
        ["MX1120"] = ("members-stale", "members"),
        ["MX1121"] = ("members-current", "members"),
        ["MX1122"] = ("store-lost", "store"),
        ["MX1140"] = ("fleet-store-lost", "fleet"),
        ["MX1142"] = ("fleet-store-lost", "fleet"),
        ["MX1141"] = ("fleet-store-back", "fleet"),
        ["MX1143"] = ("node-replaced", null),
        ["MX1148"] = ("fleet-config-published", null),
        ["MX1149"] = ("fleet-config-applied", null),
        ["MX1150"] = ("fleet-config-rolled-back", null),
        ["MX1151"] = ("node-diverged", null),
        ["MX1152"] = ("node-follows", null),
        ["MX1158"] = ("lease-won", "lease"),
        ["MX1159"] = ("lease-lost", "lease"),
        ["MX1160"] = ("lease-left", "lease"),
        ["MX9000"] = ("fault", "fault"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The types that there are.</summary>
    public static IEnumerable<string> All => Table.Values.Select(entry => entry.Type).Distinct(StringComparer.Ordinal);

    /// <summary>The ids of the messages that are events.</summary>
    public static IEnumerable<string> Ids => Table.Keys;

    /// <summary>Whether a message is one.</summary>
    public static bool Has(string id) => Table.ContainsKey(id);

    /// <summary>The type of a message that is an event.</summary>
    public static string Of(string id) => Table[id].Type;

    /// <summary>What an event is about: two with the same one are news and older news of one thing. Null: each is news of its own.</summary>
    public static string? SubjectOf(string id, IReadOnlyDictionary<string, string> properties)
    {
        if (Table[id].Matter is not { } matter) return null;
        string? subject = Array.Find(Subjects, properties.ContainsKey);
        return subject is null ? matter : $"{matter} {properties[subject]}";
    }
}
