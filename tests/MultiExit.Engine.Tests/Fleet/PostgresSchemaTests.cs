using System.Reflection;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>The tables in a real PostgreSQL, and who may make and use them.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresSchemaTests(PostgresServer server)
{
    private static readonly string Root = typeof(PostgresSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [PostgresFact]
    public async Task A_store_without_tables_names_the_command_that_makes_them()
    {
        FleetConfig fleet = await server.CreateAsync();
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => FleetTables.CheckAsync(fleet));
        Assert.Equal(ProxyError.StoreSchema, refused.Reason);
        Assert.Contains("multiexit store init", refused.Message, StringComparison.Ordinal);
        StoreStatus before = await FleetTables.InitializeAsync(fleet);
        Assert.Equal(0, before.Version);
        Assert.Equal(before.Needed, (await FleetTables.CheckAsync(fleet)).Version);
        Assert.Equal(before.Needed, (await FleetTables.InitializeAsync(fleet)).Version);
    }

    [PostgresFact]
    public async Task Tables_newer_than_the_program_are_refused_and_left_alone()
    {
        FleetConfig fleet = await server.CreateAsync();
        await FleetTables.InitializeAsync(fleet);
        await server.RunSqlAsync(fleet.Store.Database, "INSERT INTO multiexit.migration VALUES (900, now())");
        foreach (bool makes in new[] { false, true })
        {
            ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => makes ? FleetTables.InitializeAsync(fleet) : FleetTables.CheckAsync(fleet));
            Assert.Equal(ProxyError.StoreSchema, refused.Reason);
            Assert.Contains("version 900, which is newer than this program", refused.Message, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task Of_many_that_make_the_tables_at_once_each_succeeds()
    {
        FleetConfig fleet = await server.CreateAsync();
        StoreStatus[] before = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FleetTables.InitializeAsync(fleet)));
        Assert.Equal(1, before.Count(status => status.Version == 0));
        Assert.Equal(3, before.Count(status => status.Version == status.Needed));
    }

    [PostgresFact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        FleetConfig fleet = await server.CreateAsync();
        // The table of another program is in the way.
        await server.RunSqlAsync(fleet.Store.Database, "CREATE SCHEMA multiexit; CREATE TABLE multiexit.node (x integer)");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => FleetTables.InitializeAsync(fleet));
        Assert.Equal(ProxyError.StoreUnreachable, refused.Reason);
        Assert.Equal(0, (await FleetTables.ReadAsync(fleet)).Version);
    }

    [PostgresFact]
    public async Task The_role_of_a_node_needs_what_the_documentation_says_and_cannot_make_tables()
    {
        FleetConfig owner = await server.CreateAsync();
        string role = "node_" + owner.Store.Database;
        await server.RunSqlAsync(owner.Store.Database, $"CREATE ROLE {role} LOGIN PASSWORD 'secret'");
        FleetConfig fleet = server.OverTcp(owner, role) with { Password = new Secret("secret"), CaFile = server.CaFile };
        Assert.Equal(ProxyError.StoreUnreachable, (await Assert.ThrowsAsync<ProxyException>(() => FleetTables.InitializeAsync(fleet))).Reason);
        await FleetTables.InitializeAsync(owner);
        string document = await File.ReadAllTextAsync(Path.Combine(Root, "docs", "fleet.md"));
        string[] grants = [.. document.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("GRANT ", StringComparison.Ordinal))];
        Assert.NotEmpty(grants);
        await server.RunSqlAsync(owner.Store.Database, string.Concat(grants).Replace("multiexit_node", role, StringComparison.Ordinal));
        await FleetTables.CheckAsync(fleet);
        await using PostgresStore store = new(fleet);
        NodeEntry node = NodeStoreContract.Node("a");
        long epoch = await store.Nodes.JoinAsync(node, 0, default);
        Assert.Equal(epoch, await store.Nodes.BeatAsync(node, epoch, default));
        await store.Nodes.LeaveAsync(node, epoch, default);
        Assert.Equal(NodeState.Left, Assert.Single(await store.Nodes.ListAsync("prod", default)).State);
    }

    [PostgresFact]
    public async Task Over_tcp_the_server_proves_its_name_and_a_wrong_password_is_not_shown()
    {
        FleetConfig owner = await server.CreateAsync();
        string role = "tls_" + owner.Store.Database;
        await server.RunSqlAsync(owner.Store.Database, $"CREATE ROLE {role} LOGIN PASSWORD 'right'");
        FleetConfig good = server.OverTcp(owner, role) with { Password = new Secret("right"), CaFile = server.CaFile };
        Assert.Equal(0, (await FleetTables.ReadAsync(good)).Version);
        using SelfSignedFiles other = SelfSignedFiles.Create("localhost");
        // Another CA, the system's CAs, and another name than the certificate has.
        foreach (FleetConfig bad in new[]
        {
            good with { CaFile = other.CertificateFile }, good with { CaFile = null }, good with { Store = good.Store with { Host = "127.0.0.1" } },
        })
            Assert.Equal(ProxyError.StoreUnreachable, (await Assert.ThrowsAsync<ProxyException>(() => FleetTables.ReadAsync(bad))).Reason);
        ProxyException wrong = await Assert.ThrowsAsync<ProxyException>(() => FleetTables.ReadAsync(good with { Password = new Secret("wrong-one") }));
        Assert.DoesNotContain("wrong-one", wrong.ToString(), StringComparison.Ordinal);
    }
}
