using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>What all nodes have, asked over one of them, while clients are served.</summary>
public sealed class FleetQuestionTests
{
    private const string Rest = "exits: [{ name: out, type: direct }]\ndefault: out\n";

    [FleetFact]
    public async Task Each_node_says_which_sessions_it_has_and_one_that_is_stopped_is_named()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        FleetTraffic traffic = await FleetTraffic.StartAsync(network.World, [0, 1], flows: 20, newPerSecond: 20);
        await using (traffic)
        {
            ControlClient client = network.Control(0);
            await network.WaitForAsync(0, fleet => fleet.Nodes.Count(node => node.State == NodeState.Alive) == FleetNetwork.Nodes);
            IReadOnlyList<NodeAnswer<SessionRecord>> answers = await AskAsync(client, new FleetQuery(), 0, 1, 2);
            Assert.Equal(Names(0, 1), answers.Where(answer => answer.Items.Count >= 5).Select(answer => answer.Node));
            Assert.All(answers.SelectMany(answer => answer.Items), session => Assert.Null(session.Ended));

            network.Proxy(2).Signal("STOP");
            answers = await AskAsync(client, new FleetQuery { Exit = "o*" }, 0, 1);
            Assert.Contains(answers[2].State, new[] { NodeAnswerState.Missing, NodeAnswerState.Silent });
            await network.WaitForAsync(0, fleet => fleet.Nodes[2].State == NodeState.Silent);
            answers = await AskAsync(client, new FleetQuery { Exit = "none" }, 0, 1);
            Assert.Equal(NodeAnswerState.Silent, answers[2].State);
            Assert.All(answers, answer => Assert.Empty(answer.Items));

            network.Proxy(2).Signal("CONT");
            await network.WaitForAsync(0, fleet => fleet.Nodes[2].State == NodeState.Alive);
            await AskAsync(client, new FleetQuery(), 0, 1, 2);
        }
        Assert.Empty(traffic.Faults);
    }

    // Until these nodes answer, and no others.
    private static async Task<IReadOnlyList<NodeAnswer<SessionRecord>>> AskAsync(ControlClient client, FleetQuery query, params int[] nodes)
    {
        IReadOnlyList<NodeAnswer<SessionRecord>> answers = [];
        await FleetNetwork.UntilAsync(async () =>
        {
            answers = await client.GetFleetSessionsAsync(query);
            return answers.Where(answer => answer.State == NodeAnswerState.Answered).Select(answer => answer.Node).SequenceEqual(Names(nodes));
        });
        Assert.Equal(FleetNetwork.Nodes, answers.Count);
        return answers;
    }

    private static string[] Names(params int[] nodes) => [.. nodes.Select(FleetNetwork.NameOf)];
}
