namespace MultiExit.Engine.Templates;

/// <summary>Clients come in at one port, and leave from one of several addresses.</summary>
internal static class EgressPoolTemplate
{
    public static void Write(TemplateWriter writer)
    {
        TemplateRequest request = writer.Request;
        string[] users = [.. request.Users.Select((name, index) =>
            $"  {TemplateWriter.Quote(name)}: {{ password: {writer.Secret($"user-{index + 1}.password", TemplateWriter.NewPassword())} }}")];
        string table = users.Length == 0 ? "# users: { alice: { password_hash: \"what New-MxPasswordHash makes\" } }" : $"users:\n{string.Join('\n', users)}";
        writer.Document("egress.yaml", $$"""
            # An egress pool: clients come in at one port, and each of them leaves from one of the addresses below.
            # Before the start: multiexit check --preflight --config egress.yaml. Every key: docs/configuration.md.
            name: egress

            # Who may use it. Others are refused; without users everybody who reaches the port may.
            {{table}}

            inbounds:
              # SOCKS5 and HTTP on one port. Listen on ":1080" for other hosts, and then with users or with `allow: [10.0.0.0/8]`.
              - { name: proxy, type: mixed, listen: {{TemplateWriter.Quote(request.Listen ?? "127.0.0.1:1080")}}{{(users.Length == 0 ? "" : ", users: all")}} }

            exits:
              # These addresses must be on this host (ip address add); where they cannot be, see `snat` in docs/operations.md.
              - name: pool
                type: direct
                addresses: {{TemplateWriter.Quote(request.Addresses)}}
                # What keeps its address: connection, session, user or client.
                bind: client

            # Every request takes the pool. Rules in `routes` come first: routes: [{ domains: [.example.com], exit: direct }]
            default: pool

            # Who left from which address, and when: Find-MxSession.
            records: { path: run/records.db, keep: 90d }

            # Versions of this configuration, to compare and to go back to: Get-MxConfigVersion.
            history: { directory: run/history }

            """);
    }
}
