using System.Reflection;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Records;
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
        string[] own = [.. grants.Select(grant => grant.Replace("multiexit_node", role, StringComparison.Ordinal))];
        await server.RunSqlAsync(owner.Store.Database, string.Concat(own[..^1]));
        ProxyException lacking = await Assert.ThrowsAsync<ProxyException>(() => FleetTables.CheckAsync(fleet));
        Assert.EndsWith($"as the owner of the tables: {own[^1]}", lacking.Message, StringComparison.Ordinal);
        await server.RunSqlAsync(owner.Store.Database, own[^1]);
        await FleetTables.CheckAsync(fleet);
        Assert.Equal(grants.Order(StringComparer.Ordinal), PostgresGrants.All
            .Select(grant => PostgresGrants.Statement(grant.Privileges, grant.On, "multiexit_node")).Order(StringComparer.Ordinal));
        await using PostgresStore store = new(fleet);
        NodeEntry node = NodeStoreContract.Node("a");
        long epoch = await store.Nodes.JoinAsync(node, 0, default);
        Assert.Equal(epoch, await store.Nodes.BeatAsync(node, epoch, default));
        FleetMember member = new(node.Fleet, node.Name, epoch, []);
        Assert.Equal(1, await store.Rollouts.PublishAsync(member, RolloutStoreContract.Draft("x: 1"), default));
        await store.Rollouts.ReportAsync(member, new NodeConfigStatus("", 1, NodeConfigState.Current, 1, null, default, default), default);
        await store.Rollouts.ReportAsync(member, new NodeConfigStatus("", 1, NodeConfigState.Current, 1, null, default, default), default);
        Assert.Single(await store.Rollouts.ListAsync("prod", default));
        Assert.NotNull(await store.Rollouts.LeadAsync(member, _ => new RolloutStep(RolloutState.Confirmed), default));
        Assert.Equal("x: 1", (await store.Rollouts.ReadTextAsync("prod", 1, default))!.Text);
        QuotaWriter writer = new(member, Guid.NewGuid(), "2026-12", 1);
        Assert.Equal(20, Assert.Single(await store.Quotas.SettleAsync(writer, [new QuotaDemand("alice", 10, 20, 100)], default)).Reserved);
        Assert.Empty((await store.Quotas.ReadAsync(writer, 0, default)).Uses);
        Assert.Equal(5, await ShareStoreContract.SettleAsync(store, member, 1, demand: 9, wanted: 5));
        Assert.Equal(6, await ShareStoreContract.SettleAsync(store, member, 2, demand: 9, wanted: 6));
        Assert.Empty(await store.Shares.ReadAsync(member, ["alice"], default));
        await store.Shares.CleanAsync(member, default);
        await store.Shares.ReleaseAsync(member, default);
        await store.Pins.WriteAsync(member, [PinStoreContract.Of("e1", 5)], default);
        await store.Pins.WriteAsync(member, [PinStoreContract.Of("e2", 1)], default);
        Assert.Single((await store.Pins.ReadAsync("prod", 0, default)).Pins);
        await store.Lockouts.WriteAsync(member, [], default);
        await store.Lockouts.ReadAsync("prod", 0, default);
        Assert.True((await store.Records.PrepareAsync(default)).Has(RecordColumns.ToTicks(DateTimeOffset.UtcNow)));
        SharedRecordBatch batch = SharedRecordStoreContract.Batch(Guid.NewGuid(), RecordFolder.Record(1, DateTimeOffset.UtcNow));
        Assert.True(await store.Records.WriteAsync(member, batch, default));
        Assert.Equal(batch.UpTo, await store.Records.ReadCursorAsync(member, batch.Origin, default));
        Assert.Single((await SharedRecordStoreContract.FindAsync(store, new RecordQuery())).Records);
        Assert.Single(await store.Leases.RenewAsync(member, [new LeaseWish(LeaseStoreContract.First, 0)], default));
        await store.Leases.ReleaseAsync(member, [LeaseStoreContract.First], default);
        FleetQuestion question = QuestionStoreContract.Question();
        FleetMember other = QuestionStoreContract.Member("other");
        await store.Questions.AskAsync(other, question, default);
        Assert.Equal(question, Assert.Single(await store.Questions.ReadAsync(member, 5, default)));
        await store.Questions.AnswerAsync(member, question.Id, QuestionStoreContract.Reply(), default);
        Assert.Single(await store.Questions.CollectAsync(other, question.Id, [member.Node], default));
        await store.Questions.DropAsync(other, question.Id, default);
        await store.Questions.CleanAsync("prod", default);
        Assert.Single(await store.Replays.AddAsync("prod", [ReplayStoreContract.New(0)], default));
        Assert.Equal(1, await store.Replays.CleanAsync("prod", 10, default));
        await store.Nodes.LeaveAsync(node, epoch, default);
        Assert.Equal(NodeState.Left, Assert.Single(await store.Nodes.ListAsync("prod", default)).State);
    }

    [PostgresFact]
    public async Task What_the_role_of_a_node_lacks_is_named_with_the_statement_that_gives_it()
    {
        FleetConfig owner = await server.CreateAsync();
        string role = "Lacks_" + owner.Store.Database;
        await server.RunSqlAsync(owner.Store.Database, $"CREATE ROLE \"{role}\" LOGIN");
        FleetConfig fleet = owner with { Store = owner.Store with { User = role } };
        await using PostgresStore store = new(fleet);
        StoreHealth empty = await store.Schema.InspectAsync(default);
        Assert.Equal((0, $"\"{role}\""), (empty.Version, empty.Role));
        Assert.Empty(empty.Missing);
        await FleetTables.InitializeAsync(owner);
        Assert.Equal([$"GRANT USAGE ON SCHEMA multiexit TO \"{role}\";"], (await store.Schema.InspectAsync(default)).Missing);
        StoreHealth health = await store.Schema.InspectAsync(default);
        for (; health.Missing is [var grant, ..]; health = await store.Schema.InspectAsync(default))
            await server.RunSqlAsync(owner.Store.Database, grant);
        await server.RunSqlAsync(owner.Store.Database, $"REVOKE INSERT ON multiexit.record FROM \"{role}\"");
        StoreHealth last = await store.Schema.InspectAsync(default);
        Assert.Equal($"GRANT INSERT ON multiexit.record TO \"{role}\";", Assert.Single(last.Missing));
        Assert.InRange((DateTimeOffset.UtcNow - last.Now).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
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
