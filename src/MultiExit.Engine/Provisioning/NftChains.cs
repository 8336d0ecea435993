using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MultiExit.Engine.Provisioning;

/// <summary>The chains of source NAT as <c>nft -j list chains</c> prints them.</summary>
internal static class NftChains
{
    /// <summary>The command's arguments.</summary>
    public static readonly IReadOnlyList<string> List = ["-j", "list", "chains"];

    /// <summary>The chains of other programs that may run before one of MultiExit's.</summary>
    /// <param name="json">The listing.</param>
    /// <param name="priority">The priority of MultiExit's chain. Among equals, the chain that was made last comes first, which no listing
    /// shows.</param>
    /// <param name="isOurs">Whether the table (its family and name) holds MultiExit's chain.</param>
    /// <exception cref="JsonException">It is not the output of nft.</exception>
    public static IReadOnlyList<OtherNat> Before(string json, int priority, Func<string, string, bool> isOurs) =>
        Before(json, "nat", "postrouting", priority, isOurs);

    /// <inheritdoc cref="Before(string, int, Func{string, string, bool})"/>
    /// <param name="json">The listing.</param>
    /// <param name="type">The type of MultiExit's chain: <c>nat</c>.</param>
    /// <param name="hook">Its hook: <c>prerouting</c>.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="isOurs">See there.</param>
    public static IReadOnlyList<OtherNat> Before(string json, string type, string hook, int priority, Func<string, string, bool> isOurs)
    {
        List<OtherNat> found = [];
        if (json.Trim().Length == 0) return found;
        foreach (JsonNode? item in JsonNode.Parse(json)?["nftables"]?.AsArray() ?? throw new JsonException("no nftables in the listing"))
        {
            if (item?["chain"] is not { } chain || (string?)chain["type"] != type || (string?)chain["hook"] != hook) continue;
            string family = (string)chain["family"]!, table = (string)chain["table"]!;
            int its = (int)chain["prio"]!;
            if (its > priority || isOurs(family, table)) continue;
            string place = string.Create(CultureInfo.InvariantCulture, $"the nftables chain {family} {table} {(string)chain["name"]!} (priority {its})");
            found.Add(new(place, family switch { "ip" => false, "ip6" => true, _ => null }));
        }
        return found;
    }
}
