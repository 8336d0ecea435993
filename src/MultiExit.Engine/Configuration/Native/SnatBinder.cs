using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section snat.</summary>
internal static class SnatBinder
{
    public static SnatConfig Read(MapReader root)
    {
        SnatConfig defaults = new();
        if (root.Map("snat", "snat") is not { } reader) return defaults;
        SnatConfig snat = new()
        {
            Enabled = reader.Flag("enabled") ?? false,
            Backend = reader.Choice("backend", "auto", "nftables", "iptables") switch
            {
                "nftables" => SnatBackend.Nftables,
                "iptables" => SnatBackend.Iptables,
                _ => SnatBackend.Auto,
            },
            Gateway = AddressBinder.Read(reader, "gateway"),
            Interface = InterfaceBinder.Read(reader),
            MarkBase = reader.Integer(SnatConfig.MarkBaseRange) ?? defaults.MarkBase,
            TableBase = reader.Integer(SnatConfig.TableBaseRange) ?? defaults.TableBase,
        };
        reader.Finish();
        return snat;
    }

    /// <summary>Reports contradictions once everything is read.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        if (!config.Snat.Enabled) return;
        SnatLayout.Create(config, out IReadOnlyList<string> faults);
        SourcePlace place = root.Take("snat") is MapNode map ? map.Find("enabled")?.Value.Place ?? map.Place : root.Place;
        foreach (string fault in faults) root.Context.Errors.Add(place, fault);
    }
}
