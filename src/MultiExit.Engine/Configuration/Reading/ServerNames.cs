using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Reads host names that TLS clients show (SNI).</summary>
internal static class ServerNames
{
    /// <summary>Reports a value that is not a host name.</summary>
    public static bool Check(ErrorList errors, SourcePlace place, string name, string key = "sni")
    {
        if (!name.StartsWith('.') && DomainText.Check(name) is null) return true;
        errors.Add(place, $"expected a host name for {key}, such as proxy.example, found {ErrorText.Quote(name)}");
        return false;
    }

    /// <summary>Reads a list of names that is not empty, none twice; a single one stands for a list of one.</summary>
    public static IReadOnlyList<string> Read(ReadContext context, ConfigNode node)
    {
        List<string> names = [];
        foreach (ConfigNode item in context.Values.Values(node, "a list of host names that is not empty"))
        {
            if (context.Values.Text(item, "a host name") is not { } name || !Check(context.Errors, item.Place, name)) continue;
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                context.Errors.Add(item.Place, $"{ErrorText.Quote(name)} stands in the list twice; expected it once");
            names.Add(name);
        }
        return names;
    }
}
