using System.Text;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>A table of nftables that is MultiExit's own: it is replaced and removed as a whole, so that nothing else is touched.</summary>
/// <param name="name">Its name, in the family inet.</param>
internal sealed class NftTable(string name)
{
    private const string Nft = "nft";
    private readonly string[] _delete = ["delete", "table", "inet", name];
    private readonly string[] _list = ["list", "table", "inet", name];

    /// <summary>The chain of <see cref="FirewallNotes"/>, which nothing calls.</summary>
    public const string Notes = "notes";

    /// <summary>The table, for messages.</summary>
    public string Place => $"the nftables table inet {name}";

    /// <summary>Whether nft is there.</summary>
    public static bool IsInstalled(ICommandRunner system) => system.Has(Nft);

    /// <summary>Reads it; null: it is not there.</summary>
    /// <exception cref="ProxyException">nft is missing or refuses.</exception>
    public async Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        string tables = await system.DemandAsync(Nft, ["list", "tables"], null, cancellationToken).ConfigureAwait(false);
        if (!tables.Split('\n').Contains($"table inet {name}", StringComparer.Ordinal)) return null;
        return NftListing.Parse(await system.DemandAsync(Nft, ["-j", .. _list], null, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The script that puts the table in place of any earlier one, in one transaction.</summary>
    /// <param name="chains">Its chains: name, hook (null for none), rules.</param>
    public string Script(IEnumerable<(string Name, string? Hook, IEnumerable<string> Rules)> chains)
    {
        StringBuilder text = new();
        text.Append($"add table inet {name}\ndelete table inet {name}\ntable inet {name} {{\n");
        foreach ((string chain, string? hook, IEnumerable<string> rules) in chains)
        {
            text.Append($"  chain {chain} {{\n");
            if (hook is not null) text.Append($"    {hook}\n");
            foreach (string rule in rules) text.Append($"    {rule}\n");
            text.Append("  }\n");
        }
        return text.Append("}\n").ToString();
    }

    /// <summary>The chain of the notes.</summary>
    public static (string Name, string? Hook, IEnumerable<string> Rules) NotesOf(string owner, IReadOnlyDictionary<string, string> filters) =>
        (Notes, null, FirewallNotes.Write(owner, filters).Select(note => $"return comment \"{note}\""));

    /// <summary>The step that runs a script of <see cref="Script"/>.</summary>
    /// <param name="script">The script.</param>
    /// <param name="what">What the table has then, for messages.</param>
    /// <param name="present">The present table; null: there is none.</param>
    /// <param name="system">The system.</param>
    public SetupStep Replace(string script, string what, FirewallState? present, ICommandRunner system)
    {
        string? before = null;
        return new($"nft: table inet {name} with {what}", async token =>
        {
            if (present is not null) before = await system.DemandAsync(Nft, _list, null, token).ConfigureAwait(false);
            await system.DemandAsync(Nft, ["-f", "-"], script, token).ConfigureAwait(false);
        }, token => system.DemandAsync(Nft, ["-f", "-"], $"delete table inet {name}\n{before}", token))
        {
            Script = $"nft -f - <<EOF\n{script}EOF",
        };
    }

    /// <summary>The step that removes the table, which nothing undoes.</summary>
    public SetupStep Delete(ICommandRunner system) =>
        new($"nft {string.Join(' ', _delete)}", token => system.DemandAsync(Nft, _delete, null, token), _ => Task.CompletedTask);
}
