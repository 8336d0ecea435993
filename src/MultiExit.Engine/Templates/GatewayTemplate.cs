namespace MultiExit.Engine.Templates;

/// <summary>The default gateway of a network, which sends what comes from there out of its exits.</summary>
internal static class GatewayTemplate
{
    public static void Write(TemplateWriter writer)
    {
        TemplateRequest request = writer.Request;
        string exits = request.Addresses.Count == 0
            ? "# exits: [{ name: wan, type: direct, address: 203.0.113.10 }], or a tunnel: New-MxConfig -Template tunnel-pair\ndefault: direct"
            : $"exits:\n  # These addresses must be on this host (ip address add).\n  - {{ name: wan, type: direct, addresses: "
                + $"{TemplateWriter.Quote(request.Addresses)}, bind: client }}\ndefault: wan";
        writer.Document("gateway.yaml", $$"""
            # The default gateway of a network: the firewall hands over what its hosts send, and it leaves by the exits below. Linux with nftables.
            #   1. sysctl -w net.ipv4.ip_forward=1
            #   2. multiexit redirect plan --config gateway.yaml     what the firewall will have
            #   3. multiexit check --preflight --config gateway.yaml what is in the way
            #   4. start it, then multiexit redirect apply --config gateway.yaml
            name: gateway

            inbounds:
              - name: lan
                type: transparent
                listen: {{TemplateWriter.Quote(request.Listen ?? "[::]:12345")}}
                # TCP alone. mode: tproxy with udp: true takes datagrams as well, and needs CAP_NET_ADMIN.
                mode: redirect
                # Networks that the hosts have their addresses in, or interfaces that they come by.
                redirect: { from: {{TemplateWriter.Quote(request.From)}} }

            {{exits}}

            # Who went where, for 30 days: Find-MxSession.
            records: { path: run/records.db, keep: 30d }

            """);
    }
}
